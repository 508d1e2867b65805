"""Checkpoints of long computations."""

import numpy as np
import pytest

from fieldlink.core import checkpoints


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    return tmp_path / "scratch"


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_damaged_checkpoint_is_none(name, folder):
    checkpoint = checkpoints.Checkpoint("demo", "key", seconds=0.0)
    assert checkpoint.read() is None
    checkpoint.write_if_due(lambda: {"step": np.array([7])})
    assert checkpoints.Checkpoint("demo", "key").read() == {"step": [7]}
    (folder / "demo/checkpoint-key" / name).write_bytes(b"{")
    assert checkpoints.Checkpoint("demo", "key").read() is None
