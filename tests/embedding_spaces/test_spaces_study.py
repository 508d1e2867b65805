"""The study of the two embedding spaces, through its stages, on a made-up data set."""

import json
from pathlib import Path

import pytest
from evaluation.made_up import PUBLISHED, Study
from result_rows import keys, rows

from fieldlink.core import datasets, saved_models
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import (
    LOGITS,
    PROJECTIONS,
    TRAINING_CURVES,
)
from stages.embedding_spaces.train import train_heads


def test_both_spaces_give_all_published_numbers_and_ours_after_them(made_up: Study):
    results = rows(made_up["embedding_spaces.csv"])
    published = [key for key in keys(rows(PUBLISHED)) if key[0] in ("4.6", "4.7")]
    assert len(published) == 9
    assert keys(results)[:9] == published
    assert {row["row"] for row in results[9:]} == {
        "nerf_embedding",
        "clip_embedding",
        "nerf_embedding and clip_embedding",
        *(f"concat {kind} {queries}" for kind in ("l2", "weighted") for queries in ("synthetic", "real")),
    }
    for row in results:
        assert -100 <= float(row["ci_low"]) <= float(row["value"]) <= float(row["ci_high"]) <= 100
        assert row["seeds"] == ("1" if row["row"] == "nerf_embedding" else "2")
        assert row["n"] == ("4" if row["metric"] == "recall_real" else "11")
    settings = {row["setting"] for row in results if "weighted" in row["row"]}
    assert len(settings) == 1  # one weight, chosen on validation, for views and photos alike
    metrics = json.loads(made_up["embedding_spaces.json"].read_text())
    assert set(metrics) == {"spaces", "heads", "joined space", "mcnemar"}
    assert set(metrics["mcnemar"]) == {"against", "seed 0", "seed 1", "median p"}


def test_heads_see_the_mapper_of_their_own_seed_and_classify_all_that_none_learnt_from(made_up: Study):
    results = datasets.read(made_up["logits"], LOGITS).to_pylist()
    assert {(row["variant"], row["seed"]) for row in results} == {
        (f"head {space}_embedding", seed) for space in ("nerf", "clip") for seed in (0, 1)
    }
    assert len(results) == 4 * (11 + 6)
    assert all("-train-" not in row["object_id"] and len(row["logits"]) == 3 for row in results)
    _, config = saved_models.read_model(made_up["heads"] / "clip_embedding")
    assert config["widths"] == [6, 8, 3]
    curves = datasets.read(made_up["heads_curves"], TRAINING_CURVES)
    assert set(curves["variant"].to_pylist()) == {"head nerf_embedding", "head clip_embedding"}


def test_a_projection_has_every_test_object_in_both_spaces(made_up: Study):
    results = datasets.read(made_up["projections"], PROJECTIONS).to_pylist()
    ids = {
        space: {row["object_id"] for row in results if row["space"] == space}
        for space in ("nerf_embedding", "clip_embedding")
    }
    assert ids["nerf_embedding"] == ids["clip_embedding"]
    assert len(results) == 2 * 11
    assert all(row["object_id"].startswith(row["class_name"]) for row in results)


def test_a_loss_the_retrieval_study_lacks_is_an_error_that_names_the_parameter(made_up: Study, tmp_path: Path):
    text = made_up.params.read_text().replace("nerf2clip: siglip", "nerf2clip: mse")
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(InputError, match=r"retrieval\.losses: .* mse \(embedding_spaces\.nerf2clip\)"):
        train_heads(
            objects=made_up["objects"],
            nerf_embeddings=made_up["nerfs"],
            mappers=made_up["retrieval_out"],
            out=tmp_path / "heads",
            curves=tmp_path / "curves",
            params_file=tmp_path / "params.yaml",
        )
