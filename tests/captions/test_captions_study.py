"""Captions and prompts as queries, on the made-up study."""

import csv
from pathlib import Path

import numpy as np
from evaluation.made_up import Study

from fieldlink.core import datasets
from fieldlink.core.schemas import CAPTION_EMBEDDINGS, IMAGE_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, TRAINING_CURVES
from fieldlink.embeddings.selection import originals, views_of
from stages.captions.evaluate import evaluate_captions
from stages.captions.train import train_caption_mappers

OFFSET = np.array([3.0, -2.0, 1.0, 0.5, -4.0, 2.0], np.float32)  # the gap between the made-up texts and pictures


def captioned(study: Study, splits: tuple[str, ...]) -> dict:
    """Each object's caption is the mean of its views, `OFFSET` away."""
    catalogue, images = datasets.read(study["objects"], OBJECTS), datasets.read(study["gt"], IMAGE_EMBEDDINGS)
    nerfs = datasets.read(study["nerfs"], NERF_EMBEDDINGS)["object_id"].to_pylist()
    ids = sorted(
        name for split in splits for name in originals(catalogue, split, required_ids=[nerfs])["object_id"].to_pylist()
    )
    vectors = views_of(images, ids).means_of_all() - OFFSET if ids else np.zeros((0, len(OFFSET)))
    return {"object_id": ids, "caption": ids, "embedding": vectors}


def evaluated(study: Study, folder: Path, splits: tuple[str, ...]) -> dict[tuple[str, ...], float]:
    columns = captioned(study, splits)
    datasets.write(folder / "captions", CAPTION_EMBEDDINGS, [datasets.table(CAPTION_EMBEDDINGS, columns)], "test")
    same = {"objects": study["objects"], "nerf_embeddings": study["nerfs"], "captions": folder / "captions"}
    train_caption_mappers(**same, out=folder / "mappers", curves=folder / "curves", params_file=study.params)
    evaluate_captions(
        **same,
        gt_embeddings=study["gt"],
        prompts=study["prompts"],
        mappers=study["retrieval_out"],
        caption_mappers=folder / "mappers",
        results=study.results("captions"),
        params_file=study.params,
    )
    with study["captions.csv"].open(encoding="utf-8") as file:
        return {(row["table"], row["row"], row["column"]): float(row["value"]) for row in csv.DictReader(file)}


def test_texts_moved_across_the_gap_find_what_their_pictures_would(made_up: Study, tmp_path: Path):
    values = evaluated(made_up, tmp_path, ("train", "validation", "test"))
    assert values["captions", "CLIP mean shifted", "instance recall@1"] == 100  # the very vector is in the gallery
    assert values["captions", "CLIP mean", "instance recall@1"] < 100
    assert {row for table, row, _ in values if table == "captions"} == {
        f"{row}{moved}"
        for row in ("CLIP mean", "CLIP all", "CLIP all distinct", *(f"{way} {loss}" for way in WAYS for loss in LOSSES))
        for moved in ("", " shifted")
    } | {f"{way} {loss} captions" for way in WAYS for loss in ("cosine", "siglip")}
    assert ("prompts", "clip2nerf cosine", "instance recall@1") not in values
    assert values["prompts", "CLIP mean", "recall@1"] == 100  # unmoved, a made-up prompt is its class's direction


WAYS, LOSSES = ("clip2nerf", "nerf2clip"), ("cosine", "siglip", "softmax")


def test_without_captions_the_prompts_remain(made_up: Study, tmp_path: Path):
    values = evaluated(made_up, tmp_path, ())
    assert {table for table, *_ in values} == {"prompts"}
    assert not any(row.endswith(" captions") for _, row, _ in values)
    assert len(datasets.read(tmp_path / "curves", TRAINING_CURVES)) == 0
