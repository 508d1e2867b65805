"""A flipped bit in a shard is an error that names it; one in a model is an error, or changes nothing that is read."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from fieldlink.core import datasets, saved_models, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import VECTOR, Schema

ROWS = 40
SCHEMAS = [value for value in vars(schemas).values() if isinstance(value, Schema)]


def random_rows(schema: Schema, random: np.random.Generator) -> pa.Table:
    """Rows of any dataset: distinct keys, and allowed words where the schema lists them."""
    columns = {}
    for name, kind in schema.columns.items():
        if name in schema.words:
            columns[name] = [schema.words[name][0]] * ROWS
        elif kind == VECTOR:
            columns[name] = random.normal(size=(ROWS, 16))
        elif kind == schemas.TEXT:
            columns[name] = [f"{name}-{row:03d}" for row in range(ROWS)]
        elif kind == schemas.BYTES:
            columns[name] = [random.bytes(50) for _ in range(ROWS)]
        else:
            columns[name] = list(range(ROWS))
    return datasets.table(schema, columns)


def flipped(path: Path, flips: int, random: np.random.Generator):
    """Let `path` have one bit flipped, `flips` times."""
    whole = path.read_bytes()
    for offset, bit in zip(random.integers(0, len(whole), flips), random.integers(0, 8, flips), strict=True):
        path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 1 << int(bit)]) + whole[offset + 1 :])
        yield
    path.write_bytes(whole)


@pytest.mark.parametrize("flips", [20, pytest.param(1000, marks=pytest.mark.thesis)])
@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_no_flip_in_a_shard_goes_unnoticed(schema, flips, tmp_path):
    random = np.random.default_rng(0)
    datasets.write(tmp_path / "set", schema, [random_rows(schema, random)], "test")
    for _ in flipped(tmp_path / "set" / "part-00000.parquet", flips, random):
        with pytest.raises(
            InputError, match=r"part-00000\.parquet: (damaged, its digest differs|no digest in it: cut short)"
        ):
            datasets.read(tmp_path / "set", schema)


@pytest.mark.parametrize("flips", [100, pytest.param(2000, marks=pytest.mark.thesis)])
@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_no_flip_in_a_model_changes_what_is_read(name, flips, tmp_path):
    random = np.random.default_rng(1)
    weights, config = random.normal(size=(8, 8)).astype(np.float32), {"width": 8, "rate": 0.5, "loss": "cosine"}
    saved_models.write_model(tmp_path / "model", {"weight": weights}, config)
    for _ in flipped(tmp_path / "model" / name, flips, random):
        tensors, description = {"weight": weights}, config
        with suppress(InputError):
            tensors, description = saved_models.read_model(tmp_path / "model")
        assert description == config
        np.testing.assert_array_equal(tensors["weight"], weights)
