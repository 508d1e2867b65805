"""The numbers that a study is tuned on."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from fieldlink.core import datasets
from fieldlink.core.schemas import NERFS, OBJECTS
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.report.table_results import TableResult
from fieldlink.report.validation_summary import CELLS, validation_summary
from stages.models.summarise import summarise_validation


def result(key: CellKey, value: float) -> TableResult:
    return TableResult(key, float(value), float(value), float(value))


def test_numbers_are_those_of_their_cells_and_means_over_prompts():
    cells = [result(key, 10 + index) for index, key in enumerate(CELLS.values())]
    zero_shot = [result(CellKey("4.1", "nerf2clip gt views=N", loss, "zero_shot_accuracy"), 3) for loss in "ab"]
    best = result(CellKey("4.1", "nerf2clip gt views=1", "cosine", "zero_shot_accuracy"), 7.26)
    other = result(CellKey("4.2", "nerf2clip gt views=1", "cosine", "zero_shot_accuracy"), 99)
    clip = {
        "gt_views": {"first": 80.0, "second": 90.0, "mean": {"value": 85.0, "low": 82.0, "high": 87.0}},
        "photos": {"first": 50.0, "mean": {"value": 50.0, "low": 40.0, "high": 60.0}},
    }
    of_space = {"low": 50.0, "high": 70.0}
    hits = dict.fromkeys(("rank_1_trained_interval", "rank_1_raw_weights_interval"), of_space)
    summary = validation_summary(
        [*cells, *zero_shot, best, other],
        clip,
        {"rank_1_trained": 60.0, "rank_1_raw_weights": 55.0, "objects": 9} | hits,
        np.array([20.0, np.nan, 30.0], np.float32),
        0.95,
    )
    assert {name: measured.value for name, measured in summary.items()} == {
        "zero_shot": 7.26,
        **{name: 10 + index for index, name in enumerate(CELLS)},
        "rank1_raw": 55,
        "rank1_nf2vec": 60,
        "clip_gt": 85,
        "clip_photo": 50,
        "psnr_heldout": 25,
    }
    assert summary["clip_gt"].bounds == {"low": 82.0, "high": 87.0}
    assert summary["rank1_nf2vec"].bounds == of_space
    assert summary["psnr_heldout"].high == pytest.approx(
        25 + 12.706 * 5, abs=0.01
    )  # Student's t, one degree of freedom


def test_what_a_study_lacks_is_left_out():
    assert validation_summary([], {}, {}, np.array([np.nan], np.float32), 0.95) == {}


def test_the_stage_reads_validation_objects_alone(tmp_path: Path):
    ids, splits = ["a", "b", "c"], ["test", "validation", "train"]
    columns = {"object_id": ids, "split": splits, "base_object_id": ids, "augmentation": [0] * 3, "caption": [None] * 3}
    columns |= {name: ["x"] * 3 for name in ("class_name", "synset", "source")}
    datasets.write(tmp_path / "objects", OBJECTS, [datasets.table(OBJECTS, columns)], "test")
    psnr = {name: [1.0, 2.0, 3.0] for name in NERFS.columns if name.startswith("psnr")}
    nerfs = {"object_id": ids, "weights": np.zeros((3, 2)), "occupancy": [b""] * 3, **psnr}
    datasets.write(tmp_path / "nerfs", NERFS, [datasets.table(NERFS, nerfs)], "test")
    of_split = [{"gt_views": {"mean": {"value": value, "low": 0.0, "high": 9.0}}} for value in (1.0, 2.0)]
    (tmp_path / "clip.json").write_text(json.dumps({**of_split[0], "validation": of_split[1]}))
    (tmp_path / "nf2vec.json").write_text(json.dumps({"rank_1_trained": 1.0}))
    with (tmp_path / "heads.csv").open("w") as file:
        writer = csv.writer(file)
        writer.writerow([*CellKey._fields, "value", "ci_low", "ci_high", "seeds", "n"])
        writer.writerow([*CELLS["heads"], 50, 40, 60, 1, 9])
    files = {name: tmp_path / f"{name}.json" for name in ("clip", "nf2vec", "metrics", "intervals")}
    datasets_of = {"objects": tmp_path / "objects", "nerfs": tmp_path / "nerfs"}
    summarise_validation(**datasets_of, **files, validation=(tmp_path / "heads.csv",))
    assert json.loads(files["metrics"].read_text()) == {"heads": 50, "clip_gt": 2, "psnr_heldout": pytest.approx(2)}
    bounds = {
        "heads": {"low": 40, "high": 60},
        "clip_gt": {"low": 0, "high": 9},
        "psnr_heldout": {},
    }  # of one NeRF: none
    assert json.loads(files["intervals"].read_text()) == bounds
