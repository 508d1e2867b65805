"""What the numbers of a page were made with: which CLIP, which objects, which seeds; and how far they compare."""

import platform
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import pyarrow as pa

from fieldlink.core.params import Params
from fieldlink.scenes.photos.photo_sources import photo_source
from fieldlink.scenes.scene_sources import scene_source

PACKAGES = ("torch", "open_clip_torch", "nerfacc", "dvc", "numpy", "pyarrow")
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class World:
    headline: str
    caution: str  # how far the numbers compare with the published ones
    tested: str  # what a verdict on a published claim says, and what it doesn't
    clip: str
    objects: str
    photos: str
    seeds: str

    @property
    def signature(self) -> str:
        """What every table says below it."""
        return f"CLIP: {self.clip}. Objects: {self.objects}. Photos: {self.photos}. {self.seeds}."


@dataclass(frozen=True)
class Counts:
    """Objects per class: one column per split, then augmented copies."""

    columns: list[str]
    rows: list[tuple[str, list[int]]]  # class, counts
    total: list[int]


def describe(params: Params) -> World:
    """The study's world in words, from its parameters alone."""
    trained = params.clip.source == "train"
    clip = (
        f"a small one, trained here for {params.clip.training.steps:,} steps"
        if trained
        else f"{params.clip.model}, weights {params.clip.pretrained.rpartition('/')[2]}"
    )
    seeds = ", ".join(str(seed) for seed in params.mapper.seeds)
    return World(
        *_claim(params),
        clip,
        scene_source(params.scenes.source).page_text,
        photo_source(params.photos.source).page_text,
        f"Training seeds of the mappers: {seeds}; study seed {params.study.seed}",
    )


def counts(objects: pa.Table) -> Counts:
    """Objects per class and split; copies are counted apart from originals."""
    columns = [*SPLITS, "copies"]
    found = Counter(
        (row["class_name"], row["split"] if row["augmentation"] == 0 else "copies")
        for row in objects.select(["class_name", "split", "augmentation"]).to_pylist()
    )
    rows = [(name, [found[name, column] for column in columns]) for name in sorted({name for name, _ in found})]
    total = [sum(numbers) for numbers in zip(*(numbers for _, numbers in rows), strict=True)]
    return Counts(columns, rows, total)


def set_aside(rejected: pa.Table) -> list[tuple[str, int, str]]:
    """Stage, how many it set aside, and its most common reason."""
    reasons: dict[str, Counter[str]] = {}
    for row in rejected.to_pylist():
        reasons.setdefault(row["stage"], Counter())[row["reason"]] += 1
    return [(stage, found.total(), found.most_common(1)[0][0]) for stage, found in sorted(reasons.items())]


def versions() -> dict[str, str]:
    """Python and the packages that decide numbers."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def _claim(params: Params) -> tuple[str, str, str]:
    """Headline, caution and what is tested; no set of parameters alone makes a page a reproduction."""
    if params.scenes.source == "catalogue":
        return (
            "A small synthetic world, not the published experiment",
            "Objects, NeRFs, photos and CLIP are smaller than the published ones and of another kind. Published "
            "numbers stand beside ours for orientation only: compare which method wins and by how much, never the "
            "absolute values.",
            "Each published conclusion is tested here in a small synthetic world: procedural objects, photo-like "
            "pictures and a small CLIP. The published experiment is not repeated. A verdict says whether the "
            "conclusion carries over to this world; it neither confirms nor refutes it where it was found.",
        )
    if params.clip.source == "train":
        return (
            "Real objects with a small CLIP, not the published experiment",
            "The objects come from a folder, but the CLIP is a small one trained on synthetic pictures, weak on real "
            "photos. Published numbers stand beside ours for orientation only.",
            "Each published conclusion is tested here on other objects and with a small CLIP. The published experiment "
            "is not repeated. A verdict says whether the conclusion carries over; it neither confirms nor refutes it.",
        )
    return (
        "Your own objects under a pretrained CLIP",
        "Absolute values compare with the published ones only if objects, split and CLIP weights are the published "
        "ones; otherwise compare orderings and differences.",
        "Each published conclusion is tested here on your own objects and photos. Unless objects, split and CLIP "
        "weights are the published ones, a verdict neither confirms nor refutes it where it was found.",
    )
