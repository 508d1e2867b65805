"""The verbs of the zero-shot, the retrieval and the embedding-space study, on made-up vectors."""

import csv
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from evaluation.made_up import CLASSES, COPY, PUBLISHED, SHARED_ID, WITHOUT_NERF, Study

from fieldlink.core import datasets, saved_models
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import (
    ANSWERS,
    IMAGE_EMBEDDINGS,
    LOGITS,
    MAPPED_EMBEDDINGS,
    NEIGHBOURS,
    PHOTOS,
    PROJECTIONS,
    PROMPT_EMBEDDINGS,
    TRAINING_CURVES,
)
from fieldlink.evaluation.results import retrieval_inputs
from fieldlink.evaluation.results.queries import Queries
from fieldlink.evaluation.results.table_cells import Cell
from fieldlink.mapper import training_data
from stages.embedding_spaces.train import train_heads
from stages.zero_shot.evaluate import evaluate_zero_shot

KEYS = ("table", "row", "column", "metric")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def keys(found: list[dict[str, str]]) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in KEYS) for row in found]


def test_every_published_number_has_its_counterpart_in_published_order_and_ours_come_after(made_up: Study):
    ours = keys(rows(made_up["zero_shot.csv"])) + keys(rows(made_up["retrieval.csv"]))
    published = [key for key in keys(rows(PUBLISHED)) if key[0].startswith(("4.1", "4.2", "4.3", "4.4", "4.5"))]
    published = [key for key in published if not key[0].startswith(("4.10", "4.11", "4.12"))]
    assert len(published) == 93
    for study_tables in (("4.1", "4.2", "4.3"), ("4.4a", "4.4b", "4.5a", "4.5b")):
        wanted = [key for key in published if key[0] in study_tables]
        found = [key for key in ours if key[0] in study_tables]
        assert found[: len(wanted)] == wanted
        assert {key[2] for key in found[len(wanted) :]} <= {
            "softmax",
            "prompt_ensemble",
            "recall@1",
            "recall@5",
            "recall@10",
        }
    assert len(set(ours)) == len(ours)


def test_columns_are_the_contracts_and_numbers_stand_in_their_intervals(made_up: Study):
    for name in ("zero_shot.csv", "retrieval.csv"):
        found = rows(made_up[name])
        assert (
            list(found[0])
            == [*KEYS, "value", "ci_low", "ci_high", "seeds", "n", "setting"]
            == list(Cell.__dataclass_fields__)
        )
        for row in found:
            assert 0 <= float(row["ci_low"]) <= float(row["value"]) <= float(row["ci_high"]) <= 100
            assert float(row["ci_low"]) < float(row["ci_high"])


def test_seeds_and_n_say_what_is_behind_a_value(made_up: Study):
    for row in rows(made_up["zero_shot.csv"]) + rows(made_up["retrieval.csv"]):
        assert row["seeds"] == ("1" if row["row"].lower().startswith("clip ") else "2")
        assert row["n"] == ("4" if row["metric"].endswith("_real") else "8")  # of 9 test objects one has no NeRF


def test_a_value_is_the_mean_of_its_seeds_and_of_the_answers_kept(made_up: Study):
    for name in ("zero_shot", "retrieval"):
        seeds: dict[tuple[str, ...], list[float]] = {}
        for row in rows(made_up[f"{name}_by_seed.csv"]):
            seeds.setdefault(tuple(row[key] for key in KEYS), []).append(float(row["value"]))
        kept: dict[tuple[str, ...], list[float]] = {}
        for row in datasets.read(made_up[f"{name}_answers"], ANSWERS).to_pylist():
            values = np.frombuffer(row["values"], np.float32)
            weights = np.ones(len(values)) if row["weights"] is None else np.frombuffer(row["weights"], np.float32)
            kept.setdefault(tuple(row[key] for key in KEYS), []).append(np.average(values, weights=weights))
        for row in rows(made_up[f"{name}.csv"]):
            place = tuple(row[key] for key in KEYS)
            assert float(row["value"]) == pytest.approx(100 * np.mean(kept[place]), abs=1e-3)
            if row["seeds"] == "2":
                assert float(row["value"]) == pytest.approx(np.mean(seeds[place]), abs=1e-3)


def test_recall_rises_with_k_and_metrics_are_the_tables_values(made_up: Study):
    metrics = json.loads(made_up["retrieval.json"].read_text())
    for setting in ("synthetic", "real"):
        for recalls in metrics[setting].values():
            values = [recalls[f"recall@{k}"] for k in (1, 5, 10)]
            assert all(a <= b for a, b in pairwise(values))
    zero_shot = json.loads(made_up["zero_shot.json"].read_text())
    for row in rows(made_up["zero_shot.csv"]):
        group = {"4.1": "nerf2clip, prompt_3d_model", "4.2": "nerf2clip, prompt_photo", "4.3": "rendered views"}
        group |= {"4.1 ensemble": "nerf2clip, prompt_ensemble"}
        assert zero_shot[group[row["table"]]][row["row"]][row["column"]] == float(row["value"])


def test_both_spaces_give_all_published_numbers_and_ours_after_them(made_up: Study):
    found = rows(made_up["embedding_spaces.csv"])
    published = [key for key in keys(rows(PUBLISHED)) if key[0] in ("4.6", "4.7")]
    assert len(published) == 9
    assert keys(found)[:9] == published
    assert {row["row"] for row in found[9:]} == {
        "nerf_embedding",
        "clip_embedding",
        "nerf_embedding and clip_embedding",
        *(f"concat {kind} {queries}" for kind in ("l2", "weighted") for queries in ("synthetic", "real")),
    }
    for row in found:
        assert -100 <= float(row["ci_low"]) <= float(row["value"]) <= float(row["ci_high"]) <= 100
        assert row["seeds"] == ("1" if row["row"] == "nerf_embedding" else "2")
        assert row["n"] == ("4" if row["metric"] == "recall_real" else "8")
    settings = {row["setting"] for row in found if "weighted" in row["row"]}
    assert len(settings) == 1  # one weight, chosen on validation, for views and photos alike
    metrics = json.loads(made_up["embedding_spaces.json"].read_text())
    assert set(metrics) == {"spaces", "heads", "joined space", "mcnemar"}
    assert set(metrics["mcnemar"]) == {"against", "seed 0", "seed 1", "median p"}


def test_heads_see_the_mapper_of_their_own_seed_and_every_test_object(made_up: Study):
    found = datasets.read(made_up["logits"], LOGITS).to_pylist()
    assert {(row["variant"], row["seed"]) for row in found} == {
        (f"head {space}_embedding", seed) for space in ("nerf", "clip") for seed in (0, 1)
    }
    assert len(found) == 4 * 8
    assert all("-test-" in row["object_id"] and len(row["logits"]) == 3 for row in found)
    _, config = saved_models.read_model(made_up["heads"] / "clip_embedding")
    assert config["widths"] == [6, 8, 3]
    curves = datasets.read(made_up["heads_curves"], TRAINING_CURVES)
    assert set(curves["variant"].to_pylist()) == {"head nerf_embedding", "head clip_embedding"}


def test_a_projection_has_every_test_object_in_both_spaces(made_up: Study):
    found = datasets.read(made_up["projections"], PROJECTIONS).to_pylist()
    ids = {
        space: {row["object_id"] for row in found if row["space"] == space}
        for space in ("nerf_embedding", "clip_embedding")
    }
    assert ids["nerf_embedding"] == ids["clip_embedding"]
    assert len(found) == 2 * 8
    assert all(row["object_id"].startswith(row["class_name"]) for row in found)


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


def test_other_measures_stand_beside_the_tables_and_only_synthetic_queries_have_an_instance(made_up: Study):
    found = {tuple(row[key] for key in KEYS[:3]): float(row["value"]) for row in rows(made_up["retrieval.csv"])}
    for table, parts in (("4.4 more", ("4.4a", "4.4b")), ("4.5 more", ("4.5a", "4.5b"))):
        assert {row for of, row, _ in found if of == table} == {row for of, row, _ in found if of in parts}
    assert {column for of, _, column in found if of == "4.5 more"} == {"mAP", "macro hit@1"}
    assert found["4.4 more", "CLIP all", "instance recall@1"] == 100  # the gallery holds the query itself
    hubness = json.loads(made_up["retrieval.json"].read_text())["hubness"]
    assert set(hubness) == {"synthetic", "real"}
    assert set(hubness["real"]) == {row for of, row, _ in found if of == "4.5 more"}


def test_averaged_views_of_well_separated_classes_are_all_recognised(made_up: Study):
    found = {(row["row"], row["column"]): float(row["value"]) for row in rows(made_up["zero_shot.csv"])}
    assert found["clip views=N", "prompt_photo"] == 100


def test_no_copy_nor_object_without_nerf_takes_part(made_up: Study):
    for name in ("zero_shot_mapped", "retrieval_mapped/clip2nerf", "retrieval_mapped/nerf2clip"):
        owners = set(datasets.read(made_up[name], MAPPED_EMBEDDINGS)["owner_id"].to_pylist())
        assert not owners & {COPY, WITHOUT_NERF}
        assert all("-test-" in owner or owner.startswith("photo") for owner in owners)


def test_a_photo_and_an_object_may_share_an_id(made_up: Study):
    found = datasets.read(made_up["retrieval_mapped/clip2nerf"], MAPPED_EMBEDDINGS).to_pylist()
    assert {row["domain"] for row in found if row["owner_id"] == SHARED_ID} == {"gt", "photo"}


def test_neighbours_leave_the_querys_own_object_out_and_fall_with_rank(made_up: Study):
    found = datasets.read(made_up["neighbours"], NEIGHBOURS).to_pylist()
    assert {row["variant"] for row in found} >= {"clip2nerf cosine", "nerf2clip siglip", "CLIP mean", "CLIP all"}
    assert all(row["query_id"] != row["object_id"] for row in found if row["domain"] == "gt")
    assert any(row["query_id"] == row["object_id"] for row in found if row["domain"] == "photo")  # nothing removed
    for first, second in pairwise(found):
        if second["rank"] > 1:
            assert second["rank"] == first["rank"] + 1
            assert second["similarity"] <= first["similarity"]
    assert max(row["rank"] for row in found if row["variant"] == "CLIP all") == 10
    assert max(row["rank"] for row in found if row["variant"] == "clip2nerf cosine" and row["domain"] == "gt") == 7


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
    found = datasets.read(made_up["retrieval_curves"], TRAINING_CURVES).to_pylist()
    assert {row["step"] for row in found} == {18, 36}
    assert len(found) == 2 * 6 * 2 * 2
    assert all(np.isfinite(row["loss"]) for row in found)


def test_every_template_gets_its_rows_and_one_that_is_not_the_studys_a_table_of_its_own(made_up: Study, tmp_path: Path):
    prompts = datasets.read(made_up["prompts"], PROMPT_EMBEDDINGS)
    photo = prompts.filter(pc.field("template") == "prompt_photo")
    sketch = photo.set_column(0, "template", pa.array(["sketch"] * len(photo)))
    short = pc.replace_substring(prompts["template"], "prompt_photo", "short")
    renamed = prompts.set_column(0, "template", short)
    for name, given in (("third", pa.concat_tables([prompts, sketch])), ("renamed", renamed)):
        datasets.write(tmp_path / name, PROMPT_EMBEDDINGS, [given], "test")
        evaluate_zero_shot(
            objects=made_up["objects"],
            mapped=made_up["zero_shot_mapped"],
            prompts=tmp_path / name,
            rendered_embeddings=made_up["rendered"],
            results=made_up.results(name),
            params_file=made_up.params,
        )
    third, renamed = (
        {key: row["value"] for key, row in zip(keys(found), found, strict=True)}
        for found in (rows(made_up["third.csv"]), rows(made_up["renamed.csv"]))
    )
    same = {key: value for key, value in third.items() if key[0] == "4.2"}  # the same vectors under three names
    assert {("4.2", *key[1:]): value for key, value in third.items() if key[0] == "4.1 sketch"} == same
    assert {("4.2", *key[1:]): value for key, value in renamed.items() if key[0] == "4.1 short"} == same
    assert "4.2" not in {table for table, *_ in renamed}
    metrics = json.loads(made_up["third.json"].read_text())
    assert metrics["nerf2clip, sketch"] == metrics["nerf2clip, prompt_photo"]


def test_data_that_nothing_can_be_asked_of_are_named_by_their_folder(made_up: Study, tmp_path: Path):
    objects, seen = made_up["objects"], [made_up["nerfs"], made_up["gt"]]
    with pytest.raises(InputError, match=rf"^{objects}: no original of split nowhere"):
        retrieval_inputs.read_gallery(objects, *seen, CLASSES, "nowhere")
    with pytest.raises(InputError, match=rf"^{objects}: no original of split nowhere"):
        training_data.read(objects, *seen).ids("nowhere")
    none = datasets.read(made_up["photo_embeddings"], IMAGE_EMBEDDINGS).slice(0, 0)
    datasets.write(tmp_path / "none", IMAGE_EMBEDDINGS, [none], "test")
    photos = {"objects": objects, "nerf_embeddings": seen[0], "gt_embeddings": seen[1], "photos": made_up["photos"]}
    with pytest.raises(InputError, match=rf"^{made_up['photos']}: no photo has an embedding"):
        retrieval_inputs.read_queries_and_gallery(
            **photos, photo_embeddings=tmp_path / "none", classes=CLASSES, study_seed=0
        )
    shots = datasets.read(made_up["photos"], PHOTOS, ["photo_id", "class_name"])
    embeddings = datasets.read(made_up["photo_embeddings"], IMAGE_EMBEDDINGS)
    with pytest.raises(InputError, match=rf"^{made_up['photos']}: no class \['lamp'\]"):
        Queries.of_photos(shots, embeddings, ["chair", "table"], str(made_up["photos"]))
    (tmp_path / "params.yaml").write_text(made_up.params.read_text().replace("  lamp:", "  torch:"))
    given = {"objects": objects, "nerf_embeddings": made_up["nerfs"], "mappers": made_up["retrieval_out"]}
    with pytest.raises(InputError, match=rf"^{objects}: no class \['lamp'\]"):
        train_heads(
            **given,
            out=tmp_path / "heads",
            curves=tmp_path / "curves",
            params_file=tmp_path / "params.yaml",
        )


def test_a_class_without_prompt_is_an_error_that_names_it(made_up: Study, tmp_path: Path):
    prompts = datasets.read(made_up["prompts"], PROMPT_EMBEDDINGS)
    kept = prompts.filter([name != "lamp" for name in prompts["class_name"].to_pylist()])
    datasets.write(tmp_path / "prompts", PROMPT_EMBEDDINGS, [kept], "test")
    with pytest.raises(InputError, match=r"prompts: no class \['lamp'\]"):
        evaluate_zero_shot(
            objects=made_up["objects"],
            mapped=made_up["zero_shot_mapped"],
            prompts=tmp_path / "prompts",
            rendered_embeddings=made_up["rendered"],
            results=made_up.results("without_lamp"),
            params_file=made_up.params,
        )
