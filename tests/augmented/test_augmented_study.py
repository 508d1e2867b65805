"""The verbs of Tables 4.9 and 4.10, on the made-up study, in which one chair has a copy."""

import json
from pathlib import Path

import pyarrow.compute as pc
import pytest
from evaluation.made_up import COPY, PUBLISHED, Study
from result_rows import KEYS, rows

from fieldlink.core import datasets
from fieldlink.core.params import Params
from fieldlink.core.schemas import MAPPED_EMBEDDINGS, OBJECTS
from fieldlink.core.variants import Variant, parse
from fieldlink.evaluation.results.batch_rows import table_rows
from fieldlink.evaluation.study_tables import study_table
from fieldlink.report.result_tables import pivot_tables
from fieldlink.report.table_results import read_published, read_results
from stages.augmented.evaluate import evaluate_augmented
from stages.augmented.train import train_augmented_mappers
from stages.backbone.apply_mappers import apply_mappers
from stages.report.evaluate_claims import evaluate_claims


@pytest.fixture(scope="module")
def augmented(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return run(Study(tmp_path_factory.mktemp("augmented")))


def run(study: Study) -> Study:
    study.change("augmented", epochs=1, batches=[4, 8, 64, 128], equal_steps=[4, 8])
    same = {"objects": study["objects"], "gt_embeddings": study["gt"], "nerf_embeddings": study["nerfs"]}
    train_augmented_mappers(**same, out=study["mappers"], curves=study["curves"], params_file=study.params)
    same |= {"photo_embeddings": study["photo_embeddings"], "mappers": study["mappers"]}
    apply_mappers(**same, queries=("gt", "photo"), out=study["mapped"], params_file=study.params)
    evaluate_augmented(
        files=study.retrieval_files,
        mappers=study["mappers"],
        mapped=study["mapped"],
        results=study.results("augmented"),
        params_file=study.params,
    )
    return study


def test_published_numbers_come_first_and_each_row_has_its_mirror(augmented: Study):
    cells = rows(augmented["augmented.csv"])
    swept = [f"nerf2clip siglip batch={batch}" for batch in (4, 8, 64, 128)]
    wanted = [
        tuple(row[key] for key in KEYS)
        for row in rows(PUBLISHED)
        if row["table"][:-1] == "4.9" or (row["table"][:-1] == "4.10" and row["row"] in swept)
    ]
    assert [tuple(row[key] for key in KEYS) for row in cells[: len(wanted)]] == wanted
    of_4_10 = list(dict.fromkeys(row["row"] for row in cells if row["table"] == "4.10a"))
    assert sorted(of_4_10) == sorted(
        f"{row}{end}" for row in (*swept, *(f"{row} equal-steps" for row in swept[:2])) for end in ("", " original")
    )
    on_originals = [int(row.split("batch=")[1].split()[0]) for row in of_4_10 if row.endswith("original")]
    assert on_originals == sorted(on_originals)


def test_a_setting_says_the_batch_really_used(augmented: Study):
    """12 training objects and a copy; batches of Table 4.9 are the mapper's own, 4."""
    for row in rows(augmented["augmented.csv"]):
        largest = 12 if row["row"].endswith("original") else 13
        assert row["setting"] == f"batch {min(parse(row['row']).batch or 4, largest)}"


def test_batches_that_hold_all_objects_are_one_training_with_the_same_numbers(augmented: Study):
    cells = rows(augmented["augmented.csv"])
    for end in ("", " original"):
        first, second = (
            [{**row, "row": ""} for row in cells if row["row"] == f"nerf2clip siglip batch={batch}{end}"]
            for batch in (64, 128)
        )
        assert first == second
        assert len(first) == 2 * len({row["column"] for row in first})


def test_claims_take_rows_of_one_training_for_repeats(augmented: Study):
    files = {"published": PUBLISHED, "table": augmented["claims.csv"], "metrics": augmented["claims.json"]}
    evaluate_claims(answers=(augmented["augmented_answers"],), **files, params_file=augmented.params)
    claims = {row["claim"] + row["part"]: row for row in rows(augmented["claims.csv"])}
    assert "batches really used (4, 8, 13; published: 64 to 2048)" in claims["10c"]["text"]


def test_rows_of_equal_steps_are_trained_for_as_many(augmented: Study):
    """13 pairs an epoch are 4 batches of 4 pairs."""
    steps = {
        config["models"][0]["variant"]: config["steps"]
        for folder in augmented["mappers"].iterdir()
        for config in [json.loads((folder / "config.json").read_text())]
    }
    assert steps["nerf2clip siglip"] == steps["nerf2clip siglip batch=8 equal-steps"] == 4
    assert steps["nerf2clip siglip batch=8"] == 2


def test_without_copies_no_row_says_that_it_saw_some_and_claims_about_them_are_not_in_this_run(tmp_path: Path):
    study = Study(tmp_path)
    objects = datasets.read(study["objects"], OBJECTS).filter(pc.field("augmentation") == 0)
    datasets.write(study["objects"], OBJECTS, [objects], "test")
    cells = rows(run(study)["augmented.csv"])
    assert {row["table"] for row in cells} == {"4.9a", "4.9b", "4.10a", "4.10b"}
    assert all(row["row"].endswith(" original") for row in cells)
    results = read_results(study["augmented.csv"].read_text(), "ours")
    assert len(pivot_tables(results, read_published(PUBLISHED.read_text(), ""), {})) == 4
    files = {"published": PUBLISHED, "table": study["claims.csv"], "metrics": study["claims.json"]}
    evaluate_claims(answers=(study["augmented_answers"],), **files, params_file=study.params)
    claims = {row["claim"]: row for row in rows(study["claims.csv"]) if not row["part"]}
    for claim in ("9", "10"):
        assert claims[claim]["verdict"] == "undecided"
        assert "not in this run" in claims[claim]["setting"]


def swept(text: str) -> Variant:
    """The variant of Table 4.9's mapper with that end; none is the mapper itself."""
    return parse(" ".join(f"nerf2clip siglip {text}".split()))


@pytest.mark.parametrize("end", ["", " original"])
@pytest.mark.parametrize(
    ("mapper_batch", "batches_used", "rows_of_runs"),
    [
        (64, {"": 64, "batch=128": 128}, {"": ["batch=64", "batch=64 equal-steps"], "batch=128": ["batch=128"]}),
        (64, {"": 50}, {"": ["batch=64", "batch=128", "batch=64 equal-steps"]}),
        (
            32,
            {"": 32, "batch=64": 50, "batch=64 equal-steps": 50},
            {"": [], "batch=64": ["batch=64", "batch=128"], "batch=64 equal-steps": ["batch=64 equal-steps"]},
        ),
    ],
)
def test_every_row_of_table_4_10_has_one_run(params: Params, mapper_batch, batches_used, rows_of_runs, end: str):
    """Batches asked for: 64 and 128, and 64 for equal steps; 50 objects cap them in two of the cases."""
    sweep = params.augmented.model_copy(update={"batches": (64, 128), "equal_steps": (64,)})
    used = {swept(f"{run}{end}"): batch for run, batch in batches_used.items()}
    for run, names in rows_of_runs.items():
        numbers = [] if run else [("4.9a", swept(end))]
        numbers += [("4.10a", swept(f"{name}{end}")) for name in names]
        filled = table_rows(swept(f"{run}{end}"), used, mapper_batch, sweep, "gt")
        assert [(table.number, row) for table, row in filled] == numbers


def test_a_row_of_another_mapper_is_in_table_4_9_alone(params: Params):
    run = parse("clip2nerf cosine")
    assert table_rows(run, {run: 64}, 64, params.augmented, "photo") == [(study_table("4.9b"), run)]


def test_every_row_is_a_training_of_its_own_asked_with_originals_that_none_learnt_from(augmented: Study):
    embeddings = datasets.read(augmented["mapped/nerf2clip"], MAPPED_EMBEDDINGS)
    vectors: dict[tuple[str, int], list[list[float]]] = {}
    for row in embeddings.to_pylist():
        assert "-train-" not in row["owner_id"]
        vectors.setdefault((row["variant"], row["seed"]), []).append(row["embedding"])
    assert len(vectors) == 2 * 4 * 2  # seeds; batches of 4, 8 and 64, and of 8 for equal steps; with copies or not
    assert len({json.dumps(of_run) for of_run in vectors.values()}) == len(vectors)
    assert COPY not in embeddings["owner_id"].to_pylist()
