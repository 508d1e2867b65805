"""The study from views to a row of Table 4.8: translated, embedded, trained on and asked."""

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest

from fieldlink.clip import small_clip
from fieldlink.core import datasets, schemas
from fieldlink.core.params import ClipNetworkParams, ControlNetParams
from fieldlink.embeddings.view_embeddings import ViewEmbeddings
from fieldlink.evaluation.results.result_files import ResultFiles
from fieldlink.evaluation.results.retrieval_inputs import RetrievalFiles
from fieldlink.mapper import stored_embeddings, translated_pairs
from fieldlink.mapper.stored_embeddings import StoredEmbeddings
from fieldlink.mapper.training_data import TrainingData
from stages.backbone.apply_mappers import apply_mappers
from stages.backbone.embed_images import embed_images
from stages.backbone.prepare_photos import prepare_photos
from stages.backbone.prepare_scenes import prepare_scenes
from stages.report.build_report import build_report
from stages.report.evaluate_claims import evaluate_claims
from stages.syn2real.evaluate import evaluate_syn2real
from stages.syn2real.train import train_syn2real_mappers
from stages.syn2real.translate_views import translate_views

ROOT = Path(__file__).parent.parent.parent
PUBLISHED = ROOT / "reports" / "published" / "tables.csv"
PROTOCOL = ROOT / "docs" / "protocol.md"
SMALL = {
    "runtime.workers": 1,
    "classes": {"lamp": {"synset": "03636649", "noun": "a lamp"}, "rifle": {"synset": "04090263", "noun": "a gun"}},
    "scenes.objects_per_class": 8,
    "scenes.views": 4,
    "scenes.resolution": 32,
    "photos.per_class": 3,
    "photos.resolution": 32,
    "mapper.hidden": [8, 9, 10],
    "mapper.epochs": 2,
    "mapper.seeds": [0, 1],
    "syn2real.translator": "controlnet",
    "syn2real.views": 2,
}
CLIP = ClipNetworkParams(resolution=32, width=8, embedding=16, text_width=32, text_layers=1, context=16)


@pytest.fixture
def study(tmp_path: Path, params_with: Callable[[dict], Path], diffusion: ControlNetParams) -> Path:
    """The folder of a tiny study whose views a ControlNet has translated."""
    tiny = {f"syn2real.controlnet.{name}": value for name, value in diffusion.model_dump().items()}
    return run(tmp_path, params_with({**SMALL, **tiny}))


def run(at: Path, params: Path, without_depth: Sequence[str] = ()) -> Path:
    """A tiny study in folder `at`; NeRF vectors are random. `without_depth`: splits whose views have none."""
    prepare_scenes(at / "objects", at / "views", at / "rejected", params)
    prepare_photos(at / "photos", at / "rejected_photos", params)
    if without_depth:
        drop_depth(at, without_depth)
    translate_views(at / "objects", at / "views", at / "translated", at / "rejected_translations", params)
    small_clip.save(at / "clip", small_clip.build(CLIP, 0), CLIP)
    pictures = at / "views", at / "photos", at / "translated"
    embed_images(pictures, at / "clip", at / "embeddings", params)
    ids = datasets.read(at / "objects", schemas.OBJECTS)["object_id"].to_pylist()
    vectors = {"object_id": ids, "embedding": np.random.default_rng(0).normal(size=(len(ids), 7))}
    rows = datasets.table(schemas.NERF_EMBEDDINGS, vectors)
    datasets.write(at / "nerfs", schemas.NERF_EMBEDDINGS, [rows], "test")
    same = {
        "objects": at / "objects",
        "nerf_embeddings": at / "nerfs",
        "gt_embeddings": at / "embeddings/views",
    }
    mappers, mapped, translated = at / "mappers", at / "mapped", at / "embeddings/translated"
    train_syn2real_mappers(
        **same, translated_embeddings=translated, out=mappers, curves=at / "curves", params_file=params
    )
    same["photo_embeddings"] = at / "embeddings/photos"
    apply_mappers(**same, mappers=mappers, queries=("photo",), out=mapped, params_file=params)
    outs = (at / "table.csv", at / "validation.csv", at / "by_seed.csv", at / "metrics.json", at / "answers")
    evaluate_syn2real(
        files=RetrievalFiles(**same, photos=at / "photos"),
        mapped=mapped,
        results=ResultFiles(*outs, published=PUBLISHED),
        params_file=params,
    )
    return at


def drop_depth(at: Path, splits: Sequence[str]) -> None:
    objects, views = (datasets.read(at / schema.name, schema) for schema in (schemas.OBJECTS, schemas.VIEWS))
    bare = objects.filter(pc.field("split").isin(list(splits)))["object_id"].combine_chunks()
    for name in schemas.VIEWS.optional:
        column = pc.if_else(pc.is_in(views["object_id"], bare), None, views[name])
        views = views.set_column(views.column_names.index(name), name, column)
    datasets.write(at / "views", schemas.VIEWS, [views], "test")


def test_controlnet_leads_from_depth_to_every_published_row_and_ours_after_them(study: Path):
    embedded = datasets.read(study / "embeddings/translated", schemas.IMAGE_EMBEDDINGS)
    translated = datasets.read(study / "translated", schemas.TRANSLATED_VIEWS)
    assert set(embedded["domain"].to_pylist()) == {"translated"}
    assert embedded["owner_id"].to_pylist() == translated["object_id"].to_pylist()
    assert embedded["view"].to_pylist() == translated["view"].to_pylist()
    with PUBLISHED.open() as file:
        published = [row for row in csv.DictReader(file) if row["table"] == "4.8"]
    with (study / "table.csv").open() as file:
        ours = list(csv.DictReader(file))
    columns = {row["column"] for row in ours}  # ranks of a small gallery
    published = [row for row in published if row["column"] in columns]
    words = [[row[name] for name in ("table", "row", "column", "metric")] for row in (*published, *ours)]
    count = len(published)
    assert count
    assert words[:count] == words[count : 2 * count]
    assert {row["row"] for row in ours[count:]} == {
        f"{way} {loss} gt only" for way in ("clip2nerf", "nerf2clip") for loss in ("cosine", "siglip")
    }
    assert {row["setting"] for row in ours[:count]} == {"translator controlnet"}
    assert {row["setting"] for row in ours[count:]} == {""}
    assert {(row["seeds"], row["n"]) for row in ours} == {("2", "6")}
    metrics = json.loads((study / "metrics.json").read_text())["real"]
    assert all(metrics[row["row"]][row["column"]] == float(row["value"]) for row in ours)


def test_both_kinds_of_mappers_take_equally_many_steps_of_one_pair_an_object(study: Path):
    for way in ("clip2nerf", "nerf2clip"):
        config = json.loads((study / "mappers" / way / "config.json").read_text())
        objects = datasets.read(study / "objects", schemas.OBJECTS)
        rows = zip(objects["split"].to_pylist(), objects["augmentation"].to_pylist(), strict=True)
        train = sum(row == ("train", 0) for row in rows)
        assert config["batch"] == train  # 64 would hold an object twice
        assert config["steps"] == 2 * 2  # epochs × views an epoch
        assert len(config["models"]) == 2 * 2 * 2
        mapped_rows = datasets.read(study / "mapped" / way, schemas.MAPPED_EMBEDDINGS)
        assert set(mapped_rows["domain"].to_pylist()) == {"photo" if way == "clip2nerf" else "nerf"}


@pytest.mark.parametrize("splits", [("train", "validation", "test"), ("validation",)])
def test_a_source_without_depth_ends_with_an_undecided_claim_and_a_page(splits, tmp_path, params_with):
    params = params_with({**SMALL, "syn2real.translator": "procedural"})
    at = run(tmp_path, params, without_depth=splits)
    assert not list((at / "mappers").iterdir())
    for folder, schema in (("curves", schemas.TRAINING_CURVES), ("answers", schemas.ANSWERS)):
        assert len(datasets.read(at / folder, schema)) == 0
    for way in ("clip2nerf", "nerf2clip"):
        assert len(datasets.read(at / "mapped" / way, schemas.MAPPED_EMBEDDINGS)) == 0
    assert (at / "table.csv").read_text().count("\n") == 1  # the names of its columns
    claims = at / "tables/claims.csv"
    evaluate_claims(
        answers=(at / "answers",),
        published=PUBLISHED,
        table=claims,
        metrics=at / "metrics/claims.json",
        params_file=params,
    )
    claim_rows = {row["claim"]: row for row in csv.DictReader(claims.read_text().splitlines()) if not row["part"]}
    assert "6 not in this run" in claim_rows["8"]["setting"]
    assert claim_rows["8"]["verdict"] == "undecided"
    (at / "table.csv").rename(at / "tables/syn2real.csv")
    (at / "metrics.json").rename(at / "metrics/syn2real.json")
    places = {name: at / name for name in ("tables", "metrics", "figures", "plots", "objects")}
    more = {"claims": claims, "curves": (at / "curves",), "rejected": (at / "rejected_translations",)}
    build_report(**places, **more, protocol=PROTOCOL, published=PUBLISHED, out=at / "index.html", params_file=params)
    assert "views without depth of their size" in (at / "index.html").read_text()


@pytest.mark.parametrize("at_once", [1, 2])
@pytest.mark.parametrize("gt_views", ["random", "same"])
def test_an_object_gives_its_ground_truth_views_beside_as_many_translated_ones(
    gt_views, at_once, tmp_path, monkeypatch
):
    """Vectors say what they are of: (object, view, 0 = ground truth or 1 = translated)."""
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    chosen = {"a": [1, 4, 5], "b": [0, 2]}  # b has fewer

    def embeddings(views: dict[str, list[int]], kind: int):
        rows = [(name, view) for name, numbers in views.items() for view in numbers]
        vectors = [("ab".index(name), view, kind) for name, view in rows]
        columns = {"owner_id": [name for name, _ in rows], "view": [view for _, view in rows]}
        return datasets.table(
            schemas.IMAGE_EMBEDDINGS,
            {**columns, "domain": ["gt"] * len(rows), "embedding": np.array(vectors, np.float32)},
        )

    gt, translated = embeddings({"a": list(range(6)), "b": list(range(6))}, 0), embeddings(chosen, 1)
    nerfs = datasets.table(schemas.NERF_EMBEDDINGS, {"object_id": ["a", "b"], "embedding": [[0.0], [1.0]]})
    datasets.write(tmp_path / "gt", schemas.IMAGE_EMBEDDINGS, [gt], "test")
    datasets.write(tmp_path / "translated", schemas.IMAGE_EMBEDDINGS, [translated], "test")
    data = TrainingData(objects=nerfs, nerfs=nerfs, views=StoredEmbeddings.of(tmp_path / "gt"))
    monkeypatch.setattr(stored_embeddings, "OBJECTS_AT_ONCE", at_once)
    draws = {"random": [0, 1], "same": None}[gt_views]
    pairs = translated_pairs.pairs(data, ["a", "b"], StoredEmbeddings.of(tmp_path / "translated"), draws)
    assert (pairs.first.tolist(), pairs.counts.tolist()) == ([0, 6], [6, 4])
    assert pairs.clip.shape == ({"random": 4, "same": 2}[gt_views], 10, 3)
    both, control, *of_another_seed = pairs.clip.open().astype(int)
    assert gt_views == "same" or of_another_seed[1].tolist() != control.tolist()
    assert [tuple(row) for row in both[both[:, 2] == 1]] == [(0, 1, 1), (0, 4, 1), (0, 5, 1), (1, 0, 1), (1, 2, 1)]
    for index, (first, count, views) in enumerate(zip(pairs.first, pairs.counts, chosen.values(), strict=True)):
        pairs_of_object, twice = both[first : first + count], control[first : first + count]
        assert (pairs_of_object[:, 0] == index).all()
        gt_pairs = pairs_of_object[pairs_of_object[:, 2] == 0]
        assert len(set(gt_pairs[:, 1])) == count // 2
        assert twice.tolist() == [*gt_pairs.tolist(), *gt_pairs.tolist()]
        if gt_views == "same":
            assert gt_pairs[:, 1].tolist() == views


def test_ground_truth_views_are_drawn_by_object_and_seed_alone():
    owners, numbers = ["a"] * 9 + ["b"] * 9, np.tile(np.arange(9), 2)
    whole = ViewEmbeddings.of(owners, numbers, np.zeros((18, 1), np.float32))
    alone = ViewEmbeddings.of(owners[9:], numbers[9:], np.zeros((9, 1), np.float32))
    sample = whole.sample(np.array([3, 4]), 0, "syn2real")
    assert sample.counts.tolist() == [3, 4]
    assert sample.numbers[3:].tolist() == alone.sample(np.array([4]), 0, "syn2real").numbers.tolist()
    assert sample.numbers[:3].tolist() != whole.sample(np.array([3, 4]), 1, "syn2real").numbers[:3].tolist()
