"""Official folders of NeRFs, good and bad, and what their import wrote."""

import json
import os
import pickle
from pathlib import Path

import torch
from exchange.folders import SYNSETS, official

from fieldlink.commands.import_nerfs import import_nerfs
from fieldlink.core import datasets
from fieldlink.core.schemas import NERFS, OBJECTS, REJECTED, Schema
from fieldlink.core.schemas import VIEWS as VIEWS_OF
from fieldlink.scenes import views

CAR, CHAIR = SYNSETS
BAD = (
    "code",
    "short",
    "nan",
    "cells",
    "box",
    "torn",
    "huge",
    "poses",
    "turned",
    "lost",
    "pipe",
    "pipe2",
    "page",
    "gone",
)


class Canary:
    """A pickle that writes a file when it is opened by a careless reader."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


class World:
    """Official folders, good and bad, imported once."""

    def __init__(self, folder: Path, params: Path) -> None:
        self.folder, self.out = folder / "in", folder / "out"
        self.official_tensors = {}
        for synset in SYNSETS:
            for number in range(3):
                name = f"{synset}n{number}"
                self.official_tensors[name] = official(self.folder / "data_TRAINED" / synset / name, number)
                self.official_tensors[f"{name}.a1"] = official(
                    self.folder / "data_TRAINED_A1" / synset / f"{name}_A1", 9 + number
                )
            official(self.folder / "data_TRAINED" / synset / "two", 7)
        official(self.folder / "data_TRAINED_A2" / CAR / "two_A2", 8)
        official(self.folder / "data_TRAINED" / "02992529" / "phone", 9)  # no class of the study
        bare = self.folder / "data_TRAINED" / CAR / "bare"
        self.official_tensors["bare"] = official(bare, 5, suffix="", with_pictures=False)
        self._write_bad(folder / "canary")
        import_nerfs(self.folder, self.out, resolution=24, params_file=params)
        self.rows = {row["object_id"]: row for row in self.read("nerfs", NERFS).to_pylist()}
        self.views = {name: views.of_rows(of) for name, of in views.by_object(self.read("views", VIEWS_OF)).items()}
        self.objects = {row["object_id"]: row for row in self.read("objects", OBJECTS).to_pylist()}
        self.rejected = {row["id"]: row["reason"] for row in self.read("rejected", REJECTED).to_pylist()}

    def read(self, name: str, schema: Schema):
        return datasets.read(self.out / name, schema)

    def bad(self, name: str) -> Path:
        return self.folder / "data_TRAINED" / CAR / name

    def _write_bad(self, canary: Path) -> None:
        for seed, name in enumerate(BAD):
            official(self.bad(name), seed)
        (self.bad("code") / "nerf_weights.pth").write_bytes(pickle.dumps(Canary(canary)))
        torch.save({"mlp_base.params": torch.ones(7)}, self.bad("short") / "nerf_weights.pth")
        weights = torch.load(self.bad("nan") / "nerf_weights.pth", weights_only=True)["mlp_base.params"]
        torch.save({"mlp_base.params": weights * torch.nan}, self.bad("nan") / "nerf_weights.pth")
        grid = torch.load(self.bad("cells") / "grid.pth", weights_only=True)
        few = torch.ones(5, 5, 5, dtype=torch.bool).to_sparse()
        huge = torch.sparse_coo_tensor(torch.zeros(3, 1, dtype=torch.long), torch.ones(1), (10_000, 10_000, 10_000))
        torch.save(grid | {"_binary": few}, self.bad("cells") / "grid.pth")
        torch.save(grid | {"_binary": huge}, self.bad("huge") / "grid.pth")
        torch.save(grid | {"_roi_aabb": 2 * grid["_roi_aabb"]}, self.bad("box") / "grid.pth")
        (self.bad("torn") / "grid.pth").write_bytes((self.bad("torn") / "grid.pth").read_bytes()[:200])
        frame = {"transform_matrix": [[2.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]}
        for name, frames in (("poses", []), ("turned", [frame])):
            text = json.dumps({"camera_angle_x": 0.8, "frames": frames})
            (self.bad(name) / "transforms_train_compressed.json").write_text(text)
        (self.bad("lost") / "train/01.png").unlink()
        for pipe in (self.bad("pipe") / "grid.pth", self.bad("pipe2") / "train/00.png"):
            pipe.unlink()
            os.mkfifo(pipe)
        (self.bad("page") / "train/00.png").write_text("<html>")
        (self.bad("gone") / "nerf_weights.pth").unlink()
        official(self.bad("no id!"), 0)
