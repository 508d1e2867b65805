"""The headline numbers of a study, from its tables: for the console, and as tiles on top of the page."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.core.variants import Method, Variant
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.study_tables import study_table
from fieldlink.report.table_results import read_results

CLIP2NERF = Variant(direction="clip2nerf", loss="cosine").text
NERF2CLIP = Variant(direction="nerf2clip", source="rendered", views="N").text
HEADLINE: Mapping[CellKey, str] = {
    CellKey("4.1", NERF2CLIP, "cosine", "zero_shot_accuracy"): (
        "zero-shot accuracy of nerf2clip, from a NeRF's weights alone"
    ),
    CellKey("4.4a", CLIP2NERF, "recall@1", "recall_synthetic"): (
        "Hit@1 of clip2nerf, from a view to NeRFs of its class"
    ),
    CellKey("4.5a", CLIP2NERF, "recall@1", "recall_real"): "Hit@1 of clip2nerf, from a photo to NeRFs of its class",
}
ALONE: Sequence[Method] = ("CLIP mean", "CLIP all distinct")
SIGLIP = Variant(direction="nerf2clip", loss="siglip").text
CLIP_RIVALS: Mapping[CellKey, Sequence[CellKey]] = {  # of mappers: CLIP alone, on the same queries
    CellKey("4.1", NERF2CLIP, "cosine", "zero_shot_accuracy"): [
        CellKey("4.3", Variant(method="clip", views="N").text, "prompt_3d_model", "zero_shot_accuracy")
    ],
    **{
        CellKey(f"{table}a", mapper, "recall@1", metric): [
            CellKey(f"{table}b", Variant(method=method).text, "recall@1", metric) for method in ALONE
        ]
        for table, metric in (("4.4", "recall_synthetic"), ("4.5", "recall_real"))
        for mapper in (CLIP2NERF, SIGLIP)
    },
}


def lines(tables: Path) -> Iterator[str]:
    """A line of text per headline number: value, 95 % interval, meaning and table.

    Raises `InputError` if the folder holds none of the tables. A cell that the study lacks is "not computed".
    """
    files = sorted({tables / f"{study_table(key.table).study}.csv" for key in HEADLINE})
    texts = {file: file.read_text("utf-8") for file in files if file.is_file()}
    if not texts:
        raise InputError(
            f"{tables}: holds no {' nor '.join(file.name for file in files)}; run the study first: make study"
        )
    results = {result.key: result for file, text in texts.items() for result in read_results(text, str(file))}
    for key, meaning in HEADLINE.items():
        result = results.get(key)
        value = f"{result.value:5.1f} % [{result.low:.1f}, {result.high:.1f}]" if result else "not computed"
        yield f"{value}  {meaning} (Table {key.table})"
