"""The headline numbers of a study, from its tables: for the console, and as tiles on top of the page."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.core.variants import CLIP2NERF_COSINE, NERF2CLIP_SIGLIP, Method, Variant
from fieldlink.evaluation.results.query_results import CellKey, hit_key, zero_shot_key
from fieldlink.evaluation.study_tables import RETRIEVAL, RETRIEVAL_BY_CLIP_ALONE, of_template, study_table
from fieldlink.evaluation.tables.zero_shot import MODEL_PROMPT
from fieldlink.report.table_results import read_results

ZERO_SHOT = zero_shot_key(
    of_template(MODEL_PROMPT), Variant(direction="nerf2clip", source="rendered", views="N"), "cosine"
)
HEADLINE: Mapping[CellKey, str] = {
    ZERO_SHOT: "zero-shot accuracy of nerf2clip, from a NeRF's weights alone",
    hit_key(RETRIEVAL["gt"], CLIP2NERF_COSINE, 1): "Hit@1 of clip2nerf, from a view to NeRFs of its class",
    hit_key(RETRIEVAL["photo"], CLIP2NERF_COSINE, 1): "Hit@1 of clip2nerf, from a photo to NeRFs of its class",
}
ALONE: Sequence[Method] = ("CLIP mean", "CLIP all distinct")
CLIP_RIVALS: Mapping[CellKey, Sequence[CellKey]] = {  # of mappers: CLIP alone, on the same queries
    ZERO_SHOT: [zero_shot_key(study_table("4.3"), Variant(method="clip", views="N"), MODEL_PROMPT)],
    **{
        hit_key(table, mapper, 1): [
            hit_key(RETRIEVAL_BY_CLIP_ALONE[domain], Variant(method=method), 1) for method in ALONE
        ]
        for domain, table in RETRIEVAL.items()
        for mapper in (CLIP2NERF_COSINE, NERF2CLIP_SIGLIP)
    },
}


def lines(tables: Path) -> Iterator[str]:
    """A line of text per headline number: value, interval, meaning and table.

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
