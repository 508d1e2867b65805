"""Faults of params.yaml."""

from functools import partial
from pathlib import Path
from typing import Any

from faults.case import Case
from parameters import written

from fieldlink.core.params import load

KEPT = "everything: nothing is read or written before"
DOUBLE = {"synset": "02691156", "noun": "a twin"}


def change(changes: dict[str, Any], folder: Path) -> None:
    written(folder / "params.yaml", changes)


def write(data: bytes, folder: Path) -> None:
    (folder / "params.yaml").write_bytes(data)


def read(folder: Path) -> None:
    load(folder / "params.yaml")


VALUES: list[tuple[str, str, dict[str, Any]]] = [
    ("10⁹ objects a class", "less than or equal to 100000", {"scenes.objects_per_class": 10**9}),
    ("a seed beyond 31 bits", "less than 2147483648", {"study.seed": 2**31}),
    ("a training seed beyond 31 bits", "less than 2147483648", {"mapper.seeds": [2**31]}),
    ("a seed twice", "each value once expected", {"mapper.seeds": [1, 1]}),
    ("a loss twice", "each value once expected", {"retrieval.losses": ["cosine", "cosine"]}),
    ("a negative number of steps", "greater than or equal to 1", {"nerf.fitting.steps": -1}),
    ("a learning rate of 10⁶", "less than or equal to 10", {"mapper.learning_rate": 1e6}),
    ("a text in place of a number", "valid integer", {"mapper.batch": "64"}),
    ("an unknown key", "unknown key (did you mean 'batch'?)", {"mapper.bach": 64}),
    ("an unknown loss", "Input should be", {"embedding_spaces.nerf2clip": "cosinus"}),
    ("two classes of one synset", "it is the synset of airplane", {"classes.twin": DOUBLE}),
    ("a held-out view that no object has", "expected numbers below scenes.views, 36", {"nerf.fitting.held_out": [999]}),
    ("all views held out", "expected some to be left for the fit", {"nerf.fitting.held_out": list(range(36))}),
    ("a camera that no object has", "generation.views: [36] given", {"generation.views": [36]}),
    ("more views averaged than there are", "at most scenes.views, 36", {"zero_shot.views": [1, 40]}),
    ("a rank beyond the gallery", "at most the number of test objects, 208", {"retrieval.ranks": [1, 100_000]}),
    ("a warm-up longer than the training", "at most clip.training.steps, 900", {"clip.training.warmup": 2000}),
    ("1,001 seeds", "at most 1000 items", {"mapper.seeds": list(range(1_001))}),
    ("10⁷ neighbours", "less than or equal to 10000", {"embedding_spaces.neighbours": 10**7}),
    (
        "10⁷ NeRFs of 10⁷ points in a step",
        "10,000,000 × 10,000,000 given; expected at most 1,000,000,000 in all",
        {"nf2vec.training.batch": 10**7, "nf2vec.training.points": 10**7},
    ),
    ("an object a class", "1 given; expected at least 3, one per split", {"scenes.objects_per_class": 1}),
    ("meshes without a folder", "expected the folder of scenes.source meshes", {"scenes.source": "meshes"}),
    ("a study without a loss that others read", "expected to hold siglip", {"retrieval.losses": ["cosine"]}),
]
TEXTS = [
    ("params.yaml is empty", "params.yaml", b""),
    ("params.yaml is no YAML", "not valid YAML", b"study: ["),
    ("params.yaml is not UTF-8", "not valid YAML", b"study: \xff"),
]
CASES = [
    *(Case("parameters", fault, seen, KEPT, read, partial(change, changes)) for fault, seen, changes in VALUES),
    *(Case("parameters", fault, seen, KEPT, read, partial(write, data)) for fault, seen, data in TEXTS),
    Case("parameters", "params.yaml is missing", "cannot be read", KEPT, read),
]
