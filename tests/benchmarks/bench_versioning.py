"""What DVC costs for 10,000 NeRFs: `dvc add`, `dvc status` with nothing changed, `dvc push` to a local remote.

The baseline keeps each NeRF's weights in a file of its own, all in one folder that is added as one output (10,000 .dvc
files would be far slower). Ours are the shards that datasets.write makes of the same rows. Commands, repository and
settings (DVC's defaults) are the same; DVC's own start-up counts on both sides. What no layout of data can save, the
same commands for a single small file, is measured beside them.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.measuring import interleaved, keep
from fieldlink.core import datasets, schemas
from fieldlink.core.devices import timed_run
from fieldlink.core.params import Params
from fieldlink.nerf.weight_layout import size

pytestmark = pytest.mark.bench

PER_SHARD = 64
COMMANDS = {"add": "dvc add -q nerfs", "no-op status": "dvc status -q", "push": "dvc push -q"}


def rows(objects: int, width: int) -> pa.Table:
    """Rows of `nerfs`; random weights, as hard to compress as fitted ones."""
    psnr = {name: [30.0] * objects for name in schemas.NERFS.columns if name.startswith("psnr")}
    weights = np.random.default_rng(0).standard_normal((objects, width), np.float32)
    names = [f"object_{number:05d}" for number in range(objects)]
    return datasets.table(schemas.NERFS, {"object_id": names, "weights": weights, "occupancy": [b""] * objects} | psnr)


def one_file_each(nerfs: pa.Table, folder: Path) -> None:
    folder.mkdir()
    for name, weights in zip(nerfs["object_id"].to_pylist(), datasets.matrix(nerfs["weights"]), strict=True):
        (folder / f"{name}.bin").write_bytes(weights.tobytes())


def one_small_file(_: pa.Table, folder: Path) -> None:
    folder.mkdir()
    (folder / "nerf.bin").write_bytes(b"0")


def in_shards(nerfs: pa.Table, folder: Path) -> None:
    parts = (nerfs.slice(first, PER_SHARD) for first in range(0, len(nerfs), PER_SHARD))
    datasets.write(folder, schemas.NERFS, parts, "benchmark")


def run(command: str, folder: Path) -> None:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "DVC_NO_ANALYTICS": "1"}
    subprocess.run(command.split(), cwd=folder, env=environment, check=True, capture_output=True)


def seconds_of(write, nerfs: pa.Table, folder: Path) -> dict[str, float]:
    """By command, in a fresh repository."""
    folder.mkdir()
    for command in (
        "git init -q",
        "dvc init -q",
        "dvc config core.site_cache_dir site",
        "dvc remote add -q -d store remote",
    ):
        run(command, folder)
    write(nerfs, folder / "nerfs")
    return {name: timed_run(lambda command=command: run(command, folder))[0] for name, command in COMMANDS.items()}


def test_versioning(params: Params, tmp_path: Path, quick: bool):
    nerfs = rows(200 if quick else 10_000, size(params.nerf.field))
    count = iter(range(100))
    rounds = interleaved(
        {
            "baseline": lambda: seconds_of(one_file_each, nerfs, tmp_path / str(next(count))),
            "ours": lambda: seconds_of(in_shards, nerfs, tmp_path / str(next(count))),
            "DVC alone": lambda: seconds_of(one_small_file, nerfs, tmp_path / str(next(count))),
        },
        1 if quick else 3,
    )
    medians = {
        side: {name: np.median([r[name] for r in runs]).item() for name in COMMANDS} for side, runs in rounds.items()
    }
    factors = {f"{name}, ratio": medians["baseline"][name] / medians["ours"][name] for name in COMMANDS}
    beyond = {side: sum(medians[side].values()) - sum(medians["DVC alone"].values()) for side in ("baseline", "ours")}
    keep(
        "versioning",
        ">= 10 x with shards",
        __doc__,
        unit="for add, status and push",
        seconds={side: [sum(seconds.values()) for seconds in rounds[side]] for side in ("baseline", "ours")},
        sizes={"objects": len(nerfs), "bytes": nerfs["weights"].nbytes, "shards": -(-len(nerfs) // PER_SHARD)},
        also={f"{name}, {side}: s": medians[side][name] for name in COMMANDS for side in medians}
        | factors
        | {f"beyond DVC alone, {side}: s": value for side, value in beyond.items()}
        | {"beyond DVC alone, ratio": beyond["baseline"] / beyond["ours"]},
        remarks=["The shards' seconds are mostly DVC's own start, which no layout of data shortens."],
    )
