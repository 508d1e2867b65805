"""Faults of model folders."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from faults.case import Case
from faults.dataset_cases import flip
from safetensors.numpy import save

from fieldlink.core import digest_folders, saved_models

KEPT = "everything else; the stage that wrote the model writes it anew"
DIFFER = "differ from the sha256 in config.json"


def damage(change: Callable[[Path], object], folder: Path) -> None:
    saved_models.write_model(folder / "model", {"weight": np.ones(64, np.float32)}, {"width": 64, "loss": "cosine"})
    change(folder / "model")


def read(folder: Path) -> None:
    saved_models.read_model(folder / "model")


def config(path: Path, **changes: object) -> None:
    values = json.loads((path / "config.json").read_text())
    (path / "config.json").write_text(json.dumps(values | changes))


def nan_weights(path: Path) -> None:
    """NaN in weights whose folder has a right digest."""
    (path / "model.safetensors").write_bytes(save({"weight": np.full(64, np.nan, np.float32)}))
    digest_folders.write_description(path, "config.json", {})


CHANGES: list[tuple[str, str, Callable[[Path], object]]] = [
    ("a bit of the weights is flipped", DIFFER, lambda path: flip(0.9, path / "model.safetensors")),
    ("a bit of the weights' header is flipped", DIFFER, lambda path: flip(0.05, path / "model.safetensors")),
    ("the weights are empty", DIFFER, lambda path: (path / "model.safetensors").write_bytes(b"")),
    (
        "the weights are missing",
        "expected model.safetensors and config.json",
        lambda path: (path / "model.safetensors").unlink(),
    ),
    ("a value of the description is another", DIFFER, partial(config, loss="siglip")),
    ("the description is cut short", "not valid JSON", lambda path: (path / "config.json").write_text('{"wid')),
    ("the description is no text", "not valid JSON", lambda path: (path / "config.json").write_bytes(b"\xff\xfe")),
    ("the description is a list", "not valid JSON", lambda path: (path / "config.json").write_text("[1]")),
    ("the description is missing", "config.json: cannot be read", lambda path: (path / "config.json").unlink()),
    ("the description has no digest", DIFFER, partial(config, sha256=None)),
    ("a file is added", DIFFER, lambda path: (path / "more.safetensors").write_bytes(b"x")),
    ("weights are NaN", "model.safetensors: weight holds numbers that are not finite", nan_weights),
]
CASES = [Case("models", fault, seen, KEPT, read, partial(damage, change)) for fault, seen, change in CHANGES]
