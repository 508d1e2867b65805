"""Objects that are fitted in a second each, and the stage that fits them, slow enough to be met at work."""

from pathlib import Path

import numpy as np

from fieldlink.core import datasets
from fieldlink.core.schemas import OBJECTS, VIEWS
from fieldlink.nerf.psnr import MAX_PSNR
from fieldlink.scenes import cameras, views

ROOT = Path(__file__).parent.parent.parent
OBJECTS_FITTED = 7
TINY = {
    "nerf.field.octaves": 4,
    "nerf.fitting.occupancy": 24,
    "nerf.fitting.steps": 60,
    "nerf.fitting.gate": -MAX_PSNR,
    "nerf.start.kind": "random",
}


def write_balls(folder: Path) -> None:
    """Balls of several colours: discs in front of every camera."""
    ids, poses = [f"ball-{number}" for number in range(OBJECTS_FITTED)], cameras.disn_poses(0, 6)
    columns = {"object_id": ids, "base_object_id": ids, "augmentation": [0] * len(ids), "caption": [None] * len(ids)}
    columns |= {name: ["test"] * len(ids) for name in ("class_name", "synset", "split", "source")}
    datasets.write(folder / "objects", OBJECTS, [datasets.table(OBJECTS, columns)], "test")
    across = np.linspace(-1, 1, 24) ** 2
    image = np.zeros((6, 24, 24, 4), np.uint8)
    image[..., 3] = 255 * (across[:, None] + across < 0.1)

    def rows(number: int):
        coloured = image.copy()
        coloured[..., number % 3] = 40 + 30 * number
        one = views.Views(coloured, poses, cameras.DISN_ANGLE)
        return datasets.table(VIEWS, views.columns(ids[number], one))

    datasets.write(folder / "views", VIEWS, map(rows, range(OBJECTS_FITTED)), "test")


FITTING = """
import sys, time
from pathlib import Path
from fieldlink.nerf import object_work
from stages.backbone import fit_nerfs
from fieldlink.nerf import object_work as jobs
object_work.OBJECTS_AT_ONCE = 1
def slowly(job, fit=jobs.fit_objects):  # long enough to be met at work
    time.sleep(1)
    return fit(job)
jobs.fit_objects = slowly
at = Path(sys.argv[1])
fit_nerfs.fit_nerfs(at / "objects", at / "views", at / "start", at / "ray", at / "rejected", at / "params.yaml")
"""
