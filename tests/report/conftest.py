"""A small study as files: what `build_report` reads, with made-up pictures and numbers."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from evaluation.made_up import made_up  # noqa: F401

from fieldlink.core import datasets, schemas
from fieldlink.scenes import pictures
from fieldlink.scenes.views import Views, columns, joined

PROTOCOL = Path(__file__).parents[2] / "docs/protocol.md"
VIEWS = 5  # view 4 is the first held-out one
SIDE = 32
HOSTILE = '<img src=x onerror="document.title=1">'
PUBLISHED = (
    "table,row,column,metric,value,ci95\n"
    "4.4a,clip2nerf cosine,recall@1,recall_synthetic,87.02,1.06\n"
    "4.4a,nerf2clip siglip,recall@1,recall_synthetic,76.95,1.33\n"
)
OURS = (
    "table,row,column,metric,value,ci_low,ci_high,seeds,n\n"
    "4.4a,clip2nerf cosine,recall@1,recall_synthetic,71.04,66.1,75.9,3,208\n"
    f'4.4a,"softmax {HOSTILE.replace(chr(34), chr(34) * 2)}",recall@1,recall_synthetic,68.2,60,80,3,208\n'
)
CLAIMS = (
    "claim,part,text,published_effect,effect,ci_low,ci_high,verdict,verdict_of_twelve,level,n,seeds,setting\n"
    '1,,Cosine beats SigLIP,0.41,-1.5,-4.25,1.1,undecided,undecided,0.95,208,3,"1 of 2 parts hold, 0 do not"\n'
    "1,a,with synthetic queries,10.07,12.5,8.1,16.9,holds,,0.99,208,3,\n"
    f'1,b,"with {HOSTILE.replace(chr(34), chr(34) * 2)}",0.41,-1.5,-4.25,1.1,undecided,,0.99,208,3,batch 156\n'
    "2,,The ensemble wins,0.68,,,,undecided,undecided,0.95,,,\"not in this run: Table 4.6, 'ensemble'\"\n"
    "3,,Augmented copies help,2.7,-9.1,-12,-5,does not hold,undecided,0.95,208,3,\n"
)

BENCHMARK = {
    "name": "retrieve",
    "aim": ">= 50 x",
    "baseline": f"scikit-learn, {HOSTILE}",
    "unit": "for all",
    "baseline_seconds": 300.0,
    "ours_seconds": 4.0,
    "ratio": 75.0,
    "spread": {"baseline": [290.0, 320.0], "ours": [3.9, 4.4]},
    "repetitions": 3,
    "quality_baseline": {"hits": 0.99},
    "quality_ours": {"hits": 1.0},
    "sizes": {"queries": 5679},
    "machine": "two cores",
    "versions": {"torch": "2"},
    "also": {"bare: s": 3.5},
    "curves": [{"title": "Seconds", "x": "items", "y": "seconds", "lines": {"ours": [[1, 2], [1.0, 2.1]]}}],
    "remarks": ["Timed on a sample."],
}


@dataclass(frozen=True)
class Files:
    root: Path
    objects: int
    hostile: str = HOSTILE  # stands among the classes, ids and rows

    def arguments(self) -> list[str]:
        """The stage's command line for everything there is."""
        data = [
            f"--{name.replace('_', '-')}={self.root / name}"
            for name in (
                "objects",
                "views",
                "photos",
                "nerfs",
                "rendered_views",
                "neighbours",
                "projections",
                "generated",
            )
        ]
        lists = ["--curves", str(self.root / "clip"), "--rejected", str(self.root / "rejected")]
        more = [f"--speed={self.root / 'speed.json'}", f"--benchmarks={self.root / 'benchmarks'}"]
        return [*data, *more, *self.always(), *lists]

    def always(self) -> list[str]:
        names = {"out": "index.html", "published": "published.csv", "claims": "tables/claims.csv"}
        names |= {name: name for name in ("tables", "metrics", "figures", "plots")} | {"protocol": str(PROTOCOL)}
        return [f"--{name}={self.root / path}" for name, path in names.items()]


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return written(tmp_path_factory.mktemp("study"), per_class=4)


def written(root: Path, per_class: int, classes: tuple[str, ...] = ("bench", "car", HOSTILE)) -> Files:
    """Write the study's datasets, tables and metrics below `root`."""
    random = np.random.default_rng(0)
    ids = [f"{name}-{i}" for name in classes for i in range(per_class)]
    names = [name for name in classes for _ in range(per_class)]
    psnr = random.normal(27, 2, len(ids))
    _objects(root, ids, names)
    pixels = {name: _views(random, classes.index(name[0])) for name in zip(names, ids, strict=True)}
    for schema, noise in ((schemas.VIEWS, 0), (schemas.RENDERED_VIEWS, 18)):
        parts = [columns(identity, _noisy(views, noise, random)) for (_, identity), views in pixels.items()]
        datasets.write(root / schema.name, schema, [datasets.table(schema, joined(parts))], "test")
    photos = [pictures.encode(_photo(random, classes.index(name))) for name in names]
    _write(
        root,
        schemas.PHOTOS,
        {"photo_id": [f"photo-{i}" for i in ids], "class_name": names, "image": photos}
        | {name: ["test"] * len(ids) for name in ("split", "source")},
    )
    kinds = ("psnr_train", "psnr_heldout", "psnr_train_foreground", "psnr_heldout_foreground")
    _write(
        root,
        schemas.NERFS,
        {"object_id": ids, "weights": random.normal(size=(len(ids), 4)), "occupancy": [b"\xff"] * len(ids)}
        | {kind: psnr + shift for kind, shift in zip(kinds, (1, 0, -8, -9), strict=True)},
    )
    _neighbours(root, ids, random)
    _projections(root, ids, names, random)
    _generated(root, ids, pixels)
    _rest(root)
    return Files(root, len(ids))


def _objects(root: Path, ids: list[str], names: list[str]) -> None:
    count = len(ids)
    _write(
        root,
        schemas.OBJECTS,
        {
            "object_id": ids,
            "class_name": names,
            "synset": ["02691156"] * count,
            "split": [("train", "test", "validation")[i % 3] for i in range(count)],
            "source": ["catalogue"] * count,
            "base_object_id": ids,
            "augmentation": [0] * count,
            "caption": [None] * count,
        },
    )


def _neighbours(root: Path, ids: list[str], random: np.random.Generator) -> None:
    rows = [
        (variant, 0, f"{prefix}{query}", domain, rank + 1, ids[item], 1 - rank / 10)
        for variant in ("clip2nerf cosine", "nerf2clip siglip")
        for domain, prefix in (("gt", ""), ("photo", "photo-"))
        for query in ids
        for rank, item in enumerate(random.permutation(len(ids))[:5])
    ]
    _write(root, schemas.NEIGHBOURS, dict(zip(schemas.NEIGHBOURS.columns, zip(*rows, strict=True), strict=True)))


def _projections(root: Path, ids: list[str], names: list[str], random: np.random.Generator) -> None:
    x, y = random.normal(size=(2, 2 * len(ids)))
    spaces = [space for space in ("nerf_embedding", "clip_embedding") for _ in ids]
    values = {"space": spaces, "object_id": ids * 2, "x": x, "y": y, "class_name": names * 2}
    _write(root, schemas.PROJECTIONS, values)


def _generated(root: Path, ids: list[str], pixels: dict[tuple[str, str], Views]) -> None:
    """Two views each of two test objects, the second without a caption, and of a photo."""
    first, second = ids[1::3][:2]
    methods = [("nerf", "reconstruction"), ("gt", "mse"), ("caption", "mse")]
    rows = [
        (name, kind, method, view, pictures.encode(next(v for (_, i), v in pixels.items() if i == name).image[view]))
        for name in (first, second)
        for kind, method in (methods if name == first else methods[:2])
        for view in range(2)
    ]
    rows += [(f"photo-{ids[0]}", "photo", "mse", view, rows[0][-1]) for view in range(2)]
    columns = dict(zip(schemas.GENERATED_VIEWS.columns, zip(*rows, strict=True), strict=True))
    _write(root, schemas.GENERATED_VIEWS, columns, "generated")


def _rest(root: Path) -> None:
    steps = list(range(0, 300))
    curve = {"variant": ["clip"] * 300, "seed": [0] * 300, "step": steps, "split": ["train"] * 300}
    losses = [5 / (1 + step / 40) for step in steps]
    _write(root, schemas.TRAINING_CURVES, curve | {"loss": losses}, "clip")
    _write(root, schemas.REJECTED, {"stage": ["fit_nerfs"], "id": ["a"], "reason": ["PSNR 9 dB, at least 18 expected"]})
    for folder in ("tables", "metrics", "benchmarks"):
        (root / folder).mkdir()
    (root / "published.csv").write_text(PUBLISHED)
    (root / "tables" / "retrieval.csv").write_text(OURS)
    (root / "tables" / "claims.csv").write_text(CLAIMS)
    (root / "metrics" / "nf2vec.json").write_text(json.dumps({"rank_1_trained": 70.2, "deeper": {"key": 44.5}}))
    speed = {"milliseconds": {"from the weights": 0.8, "by rendering 1 view": 30.0}, "repetitions": 7, "device": "test"}
    (root / "speed.json").write_text(json.dumps(speed))
    (root / "benchmarks" / "retrieve.json").write_text(json.dumps(BENCHMARK))


def _write(root: Path, schema: schemas.Schema, values: dict, name: str = "") -> None:
    datasets.write(root / (name or schema.name), schema, [datasets.table(schema, values)], "test")


def _views(random: np.random.Generator, kind: int) -> Views:
    """Discs, boxes and crosses of a colour, by kind."""
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE - 0.5
    shapes = [np.hypot(x, y) < 0.35, np.maximum(abs(x), 2 * abs(y)) < 0.35, np.minimum(abs(x), abs(y)) < 0.12]
    image = np.zeros((VIEWS, SIDE, SIDE, 4), np.uint8)
    image[..., 3] = 255 * shapes[kind % 3]
    image[..., :3] = random.integers(60, 255, 3) * np.linspace(0.6, 1, VIEWS)[:, None, None, None]
    return Views(image, np.tile(np.eye(3, 4, dtype=np.float32), (VIEWS, 1, 1)), 0.8)


def _noisy(views: Views, noise: float, random: np.random.Generator) -> Views:
    colour = views.image[..., :3] + random.normal(0, noise, (*views.image.shape[:3], 3)) if noise else views.image
    image = np.concatenate([np.clip(colour[..., :3], 0, 255), views.image[..., 3:]], axis=-1).astype(np.uint8)
    return Views(image, views.camera_to_world, views.camera_angle_x)


def _photo(random: np.random.Generator, kind: int) -> np.ndarray:
    disc = _views(random, kind).image[0]
    background = random.integers(0, 255, 3) * np.ones((SIDE, SIDE, 1))
    return np.where(disc[..., 3:] > 0, disc[..., :3], background).astype(np.uint8)
