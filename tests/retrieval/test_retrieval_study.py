"""The retrieval study, through its stages, on a made-up data set."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from evaluation.made_up import COPY, SHARED_ID, WITHOUT_NERF, Study
from result_rows import KEYS, rows
from ruamel.yaml import YAML

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.params import load
from fieldlink.core.schemas import (
    IMAGE_EMBEDDINGS,
    MAPPED_EMBEDDINGS,
    NEIGHBOURS,
    PHOTOS,
)
from fieldlink.evaluation.results import retrieval_inputs
from fieldlink.evaluation.results.queries import Queries
from fieldlink.evaluation.results.searches import by_clip_alone
from fieldlink.mapper import training_data
from stages.embedding_spaces.train import train_heads


def test_other_measures_stand_beside_the_tables_and_only_synthetic_queries_have_an_instance(made_up: Study):
    values = {tuple(row[key] for key in KEYS[:3]): float(row["value"]) for row in rows(made_up["retrieval.csv"])}
    for table, parts in (("4.4 more", ("4.4a", "4.4b")), ("4.5 more", ("4.5a", "4.5b"))):
        assert {row for of, row, _ in values if of == table} == {row for of, row, _ in values if of in parts}
    assert {column for of, _, column in values if of == "4.5 more"} == {"mAP", "macro hit@1"}
    assert values["4.4 more", "CLIP all", "instance recall@1"] == 100  # the gallery holds the query itself
    hubness = json.loads(made_up["retrieval.json"].read_text())["hubness"]
    assert set(hubness) == {"synthetic", "real"}
    assert set(hubness["real"]) == {row for of, row, _ in values if of == "4.5 more"}


def test_no_copy_nor_object_without_nerf_takes_part(made_up: Study):
    for name in ("zero_shot_mapped", "retrieval_mapped/clip2nerf", "retrieval_mapped/nerf2clip"):
        owners = set(datasets.read(made_up[name], MAPPED_EMBEDDINGS)["owner_id"].to_pylist())
        assert not owners & {COPY, WITHOUT_NERF}
        assert not any("-train-" in owner for owner in owners)


def test_a_photo_and_an_object_may_share_an_id(made_up: Study):
    mapped = datasets.read(made_up["retrieval_mapped/clip2nerf"], MAPPED_EMBEDDINGS).to_pylist()
    assert {row["domain"] for row in mapped if row["owner_id"] == SHARED_ID} == {"gt", "photo"}


def test_neighbours_leave_the_querys_own_object_out_and_fall_with_rank(made_up: Study):
    neighbours = datasets.read(made_up["neighbours"], NEIGHBOURS).to_pylist()
    assert {row["variant"] for row in neighbours} >= {"clip2nerf cosine", "nerf2clip siglip", "CLIP mean", "CLIP all"}
    assert all(row["query_id"] != row["object_id"] for row in neighbours if row["domain"] == "gt")
    assert any(row["query_id"] == row["object_id"] for row in neighbours if row["domain"] == "photo")  # nothing removed
    for first, second in pairwise(neighbours):
        if second["rank"] > 1:
            assert second["rank"] == first["rank"] + 1
            assert second["similarity"] <= first["similarity"]
    assert max(row["rank"] for row in neighbours if row["variant"] == "CLIP all") == 10
    assert (
        max(row["rank"] for row in neighbours if row["variant"] == "clip2nerf cosine" and row["domain"] == "gt") == 10
    )


def test_clip_alone_is_searched_in_rendered_views_where_the_parameters_say_so(made_up: Study):
    """`clip_gallery: rendered`: queries stay ground-truth views; every view of the gallery is another picture."""
    inputs = made_up["objects"], made_up["nerfs"], made_up["gt"], load(made_up.params), "test"
    gallery = retrieval_inputs.read_gallery(*inputs, made_up["rendered"])
    plain = retrieval_inputs.read_gallery(*inputs)
    queries = Queries.of_objects(gallery, 0)
    assert (queries.clip == Queries.of_objects(plain, 0).clip).all()
    rows = datasets.read(made_up["rendered"], IMAGE_EMBEDDINGS)
    owners, vectors = np.array(rows["owner_id"].to_pylist()), datasets.matrix(rows["embedding"])
    means = np.stack([vectors[owners == name].mean(0) for name in gallery.ids])
    unit = [values / np.linalg.norm(values, axis=1, keepdims=True) for values in (queries.clip, means)]
    cosines = unit[0] @ unit[1].T
    np.fill_diagonal(cosines, -2)  # a query's own object is left out
    by_mean, *_ = by_clip_alone(queries, gallery, 1)
    assert by_mean.neighbours[0].item[:, 0].tolist() == cosines.argmax(1).tolist()
    differing = next(by_clip_alone(queries, plain, 1))
    assert not np.allclose(differing.neighbours[0].similarity, by_mean.neighbours[0].similarity)


def test_a_rank_beyond_the_gallery_is_named_with_its_size(made_up: Study, tmp_path: Path):
    """The gallery has 11 NeRFs; among the first 12 every query would find its class."""
    yaml, changed = YAML(), tmp_path / "params.yaml"
    values = yaml.load(made_up.params)
    values["retrieval"]["ranks"] = [1, 12]
    yaml.dump(values, changed)
    with pytest.raises(InputError, match=r"retrieval\.ranks: \[12\] given; expected at most .* test objects .*, 11$"):
        made_up.retrieval_files.read(load(changed))


def test_data_that_nothing_can_be_asked_of_are_named_by_their_folder(made_up: Study, tmp_path: Path):
    objects, seen = made_up["objects"], [made_up["nerfs"], made_up["gt"]]
    with pytest.raises(InputError, match=rf"^{objects}: no original of split nowhere"):
        retrieval_inputs.read_gallery(objects, *seen, load(made_up.params), "nowhere")
    with pytest.raises(InputError, match=rf"^{objects}: no original of split nowhere"):
        training_data.read(objects, *seen).ids("nowhere")
    none = datasets.read(made_up["photo_embeddings"], IMAGE_EMBEDDINGS).slice(0, 0)
    datasets.write(tmp_path / "none", IMAGE_EMBEDDINGS, [none], "test")
    with pytest.raises(InputError, match=rf"^{made_up['photos']}: no test photo has an embedding"):
        replace(made_up.retrieval_files, photo_embeddings=tmp_path / "none").read(load(made_up.params))
    shots = datasets.read(made_up["photos"], PHOTOS, ["photo_id", "class_name"])
    embeddings = datasets.read(made_up["photo_embeddings"], IMAGE_EMBEDDINGS)
    with pytest.raises(InputError, match=rf"^{made_up['photos']}: no class \['lamp'\]"):
        Queries.of_photos(shots, embeddings, ["chair", "table"], str(made_up["photos"]))
    (tmp_path / "params.yaml").write_text(made_up.params.read_text().replace("  lamp:", "  torch:"))
    inputs = {"objects": objects, "nerf_embeddings": made_up["nerfs"], "mappers": made_up["retrieval_out"]}
    with pytest.raises(InputError, match=rf"^{objects}: no class \['lamp'\]"):
        train_heads(
            **inputs,
            out=tmp_path / "heads",
            curves=tmp_path / "curves",
            params_file=tmp_path / "params.yaml",
        )


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
