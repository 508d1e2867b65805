"""Tables, answers, models and curves that all studies leave behind, on a made-up data set."""

import numpy as np
import pyarrow.compute as pc
import pytest
from evaluation.made_up import PUBLISHED, Study
from result_rows import KEYS, keys, rows

from fieldlink.core import datasets, saved_models
from fieldlink.core.schemas import (
    ANSWERS,
    TRAINING_CURVES,
)
from fieldlink.evaluation.results.table_cells import Cell


def test_every_published_number_has_its_counterpart_in_published_order_and_ours_come_after(made_up: Study):
    ours = keys(rows(made_up["zero_shot.csv"])) + keys(rows(made_up["retrieval.csv"]))
    published = [key for key in keys(rows(PUBLISHED)) if key[0].startswith(("4.1", "4.2", "4.3", "4.4", "4.5"))]
    published = [key for key in published if not key[0].startswith(("4.10", "4.11", "4.12"))]
    assert len(published) == 93
    for study_tables in (("4.1", "4.2", "4.3"), ("4.4a", "4.4b", "4.5a", "4.5b")):
        wanted = [key for key in published if key[0] in study_tables]
        computed = [key for key in ours if key[0] in study_tables]
        assert computed[: len(wanted)] == wanted
        assert {key[2] for key in computed[len(wanted) :]} <= {
            "softmax",
            "prompt_ensemble",
            "recall@1",
            "recall@5",
            "recall@10",
        }
    assert len(set(ours)) == len(ours)


def test_columns_are_the_contracts_and_numbers_stand_in_their_intervals(made_up: Study):
    for name in ("zero_shot.csv", "retrieval.csv"):
        table_rows = rows(made_up[name])
        assert (
            list(table_rows[0])
            == [*KEYS, "value", "ci_low", "ci_high", "seeds", "n", "setting"]
            == list(Cell.__dataclass_fields__)
        )
        for row in table_rows:
            assert 0 <= float(row["ci_low"]) <= float(row["value"]) <= float(row["ci_high"]) <= 100
            assert float(row["ci_low"]) < float(row["ci_high"])


def test_seeds_and_n_say_what_is_behind_a_value(made_up: Study):
    for row in rows(made_up["zero_shot.csv"]) + rows(made_up["retrieval.csv"]):
        assert row["seeds"] == ("1" if row["row"].lower().startswith("clip ") else "2")
        assert row["n"] == ("4" if row["metric"].endswith("_real") else "11")  # of 12 test objects one has no NeRF


def test_a_value_is_the_mean_of_its_seeds_and_of_the_answers_kept(made_up: Study):
    for name in ("zero_shot", "retrieval"):
        seeds: dict[tuple[str, ...], list[float]] = {}
        for row in rows(made_up[f"{name}_by_seed.csv"]):
            seeds.setdefault(tuple(row[key] for key in KEYS), []).append(float(row["value"]))
        values_by_row: dict[tuple[str, ...], list[float]] = {}
        for row in datasets.read(made_up[f"{name}_answers"], ANSWERS).filter(pc.field("split") == "test").to_pylist():
            values = np.frombuffer(row["values"], np.float32)
            weights = np.ones(len(values)) if row["weights"] is None else np.frombuffer(row["weights"], np.float32)
            values_by_row.setdefault(tuple(row[key] for key in KEYS), []).append(np.average(values, weights=weights))
        for row in rows(made_up[f"{name}.csv"]):
            key_of_row = tuple(row[key] for key in KEYS)
            assert float(row["value"]) == pytest.approx(100 * np.mean(values_by_row[key_of_row]), abs=1e-3)
            if row["seeds"] == "2":
                assert float(row["value"]) == pytest.approx(np.mean(seeds[key_of_row]), abs=1e-3)


def test_a_model_folder_says_what_it_holds(made_up: Study):
    tensors, config = saved_models.read_model(made_up["retrieval_out/clip2nerf"])
    assert config["widths"] == [6, 8, 9, 10, 7]
    assert config["batch"] == 4
    assert config["steps"] == 2 * 18  # 12 objects × 6 views in batches of 4
    assert [model["variant"] for model in config["models"]][::2] == [
        f"clip2nerf {x}" for x in ("softmax", "siglip", "cosine")
    ]
    assert tensors["weights.0"].shape == (6, 8, 6)
    _, mirrored = saved_models.read_model(made_up["zero_shot_out"])
    assert mirrored["widths"] == [7, 10, 9, 8, 6]
    assert len(mirrored["models"]) == 12 * 3 * 2


def test_curves_hold_both_splits_at_every_check(made_up: Study):
    curve_rows = datasets.read(made_up["retrieval_curves"], TRAINING_CURVES).to_pylist()
    assert {row["step"] for row in curve_rows} == {18, 36}
    assert len(curve_rows) == 2 * 6 * 2 * 2
    assert all(np.isfinite(row["loss"]) for row in curve_rows)
