"""Faults of params.yaml."""

from functools import partial
from pathlib import Path
from typing import Any

from faults.case import Case
from parameters import written

from fieldlink.core.params import load

KEPT = "everything: nothing is read or written before"
DOUBLE = {"synset": "02691156", "noun": "a twin"}


def load_with(changes: dict[str, Any], folder: Path) -> None:
    load(written(folder / "params.yaml", changes))


def load_text(data: bytes, folder: Path) -> None:
    (folder / "params.yaml").write_bytes(data)
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
    ("a study without a loss that others read", "expected to hold siglip", {"retrieval.losses": ["cosine"]}),
]
CASES = [
    *(Case("parameters", fault, seen, KEPT, partial(load_with, changes)) for fault, seen, changes in VALUES),
    Case("parameters", "params.yaml is empty", "params.yaml", KEPT, partial(load_text, b"")),
    Case("parameters", "params.yaml is no YAML", "not valid YAML", KEPT, partial(load_text, b"study: [")),
    Case("parameters", "params.yaml is not UTF-8", "not valid YAML", KEPT, partial(load_text, b"study: \xff")),
    Case("parameters", "params.yaml is missing", "cannot be read", KEPT, lambda folder: load(folder / "params.yaml")),
]
