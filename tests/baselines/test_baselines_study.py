"""The baselines of related work, on the made-up study: its NeRF vectors and rendered views stand in for them."""

import csv
from pathlib import Path

from evaluation.made_up import Study

from fieldlink.core import datasets, saved_models
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, PROMPT_EMBEDDINGS
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.embeddings.selection import originals
from fieldlink.evaluation.results.depth_map_results import depth_map_results
from stages.baselines.apply import apply_space_mappers
from stages.baselines.evaluate import evaluate_baselines
from stages.baselines.train import train_space_mappers


def test_every_space_has_neighbours_and_both_mappers(made_up: Study, tmp_path: Path):
    rows = datasets.read(made_up["nerfs"], NERF_EMBEDDINGS)
    for space in ("functa", "pca"):  # copies of nf2vec's
        datasets.write(tmp_path / "spaces" / space, NERF_EMBEDDINGS, [rows], "test")
    same = {
        "objects": made_up["objects"],
        "gt_embeddings": made_up["gt"],
        "nf2vec": made_up["nerfs"],
        "spaces": tmp_path / "spaces",
    }
    mappers, mapped, params = tmp_path / "mappers", tmp_path / "mapped", made_up.params
    train_space_mappers(**same, out=mappers, curves=tmp_path / "curves", params_file=params)
    same["photo_embeddings"] = made_up["photo_embeddings"]
    apply_space_mappers(**same, mappers=mappers, out=mapped, params_file=params)
    evaluate_baselines(
        **same,
        mapped=mapped,
        photos=made_up["photos"],
        depth_embeddings=made_up["rendered"],
        zero_shot=made_up["zero_shot_mapped"],
        prompts=made_up["prompts"],
        results=made_up.results("baselines"),
        params_file=made_up.params,
    )
    values = table(made_up["baselines.csv"])
    ways = ("clip2nerf cosine", "nerf2clip siglip")
    spaces = ("functa", "nf2vec", "pca")
    assert {row for of, row, *_ in values if of == "baselines neighbours"} == set(spaces)
    for part in ("synthetic", "real"):
        assert {row for of, row, *_ in values if of == f"baselines {part}"} == {
            f"{s} {way}" for s in spaces for way in ways
        }
    for k in (1, 5, 10):  # the same vectors under two names
        functa, nf2vec, pca = (values["baselines neighbours", name, f"recall@{k}", "recall_nerf"] for name in spaces)
        assert functa == nf2vec == pca
    config = saved_models.read_model(tmp_path / "mappers" / "pca" / "clip2nerf")[1]
    assert {(model["variant"], model["loss"]) for model in config["models"]} == {("pca clip2nerf cosine", "cosine")}


def test_depth_maps_and_the_mapper_are_asked_together_where_there_are_any(made_up: Study):
    test = originals(datasets.read(made_up["objects"], OBJECTS), "test")
    depths = datasets.read(made_up["rendered"], IMAGE_EMBEDDINGS)
    mapped = MappedVectors(datasets.read(made_up["zero_shot_mapped"], MAPPED_EMBEDDINGS))
    prompts = datasets.read(made_up["prompts"], PROMPT_EMBEDDINGS)
    query_results = depth_map_results(test, depths, mapped, prompts)
    assert [(result.key.row, result.values.shape, result.setting) for result in query_results[:2]] == [
        ("depth maps", (1, 11), ""),
        ("depth maps + nerf2clip", (2, 11), "nerf2clip gt views=N cosine"),
    ]
    assert {result.key.column for result in query_results} == {"prompt_3d_model", "prompt_photo", "prompt_ensemble"}
    assert query_results[0].values.mean() == 1  # classes of the made-up study are far apart
    assert depth_map_results(test, depths.slice(0, 0), mapped, prompts) == []


def table(path: Path) -> dict[tuple[str, ...], float]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {(row["table"], row["row"], row["column"], row["metric"]): float(row["value"]) for row in rows}
