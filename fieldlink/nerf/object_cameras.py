"""The cameras of the views that NeRFs were fitted to, of many objects, and rays through their pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from fieldlink.core import datasets, digests
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import VIEWS

COLUMNS = ("object_id", "camera_to_world", "camera_angle_x")


class Rays(NamedTuple):
    """Rays of each NeRF (`*batch`: nerf, ray), or rays of cameras from which those are drawn (`*batch`: ray)."""

    origins: Float[Tensor, "*batch 3"]
    directions: Float[Tensor, "*batch 3"]  # of length 1


@dataclass(frozen=True)
class ObjectCameras:
    """Object i has the rows first[i] to first[i] + counts[i] − 1 of `poses`, and one field of view."""

    poses: Float[Tensor, "row 3 4"]  # camera to world, OpenGL axes
    first: Int[Tensor, " object"]
    counts: Int[Tensor, " object"]
    angles: Float[Tensor, " object"]  # full horizontal field of view, radians

    @property
    def digest(self) -> str:
        """Digest of all poses and angles, and of which object has which."""
        arrays = (self.poses, self.first, self.counts, self.angles)
        return digests.bytes_digest(*(array.cpu().numpy().tobytes() for array in arrays))

    def take(self, index: Int[Tensor, " taken"], device: str = "cpu") -> "ObjectCameras":
        """The cameras of some objects, copied to a device."""
        counts, first = self.counts[index], self.first[index]
        starts = counts.cumsum(0) - counts
        rows = torch.arange(int(counts.sum())) + (first - starts).repeat_interleave(counts)
        return ObjectCameras(
            poses=self.poses[rows].to(device),
            first=starts.to(device),
            counts=counts.to(device),
            angles=self.angles[index].to(device),
        )

    def rays(self, count: int, pixels: int, random: torch.Generator) -> Rays:
        """`count` rays of each object: any camera of its own, through any pixel.

        Pictures have `pixels` a side; rays go through the centres.
        """
        draws = torch.rand(len(self.counts), count, 3, generator=random, device=random.device)
        view = (draws[..., 0] * self.counts[:, None]).long().minimum(self.counts[:, None] - 1)
        pose = self.poses[self.first[:, None] + view]
        position = ((draws[..., 1:] * pixels).floor() + 0.5) / pixels - 0.5
        across = 2 * position * torch.tan(self.angles / 2)[:, None, None]
        local = torch.stack([across[..., 0], -across[..., 1], -torch.ones_like(view, dtype=across.dtype)], dim=-1)
        directions = (pose[..., :3] @ local[..., None])[..., 0]
        return Rays(pose[..., 3], torch.nn.functional.normalize(directions, dim=-1))


def read_cameras(views: Path, ids: Sequence[str]) -> ObjectCameras:
    """The cameras of `ids` in dataset `views`, in their order; an id without any is an `InputError`."""
    rows_of: dict[str, tuple[int, int, float]] = {}
    poses, before = [np.zeros((0, 12), np.float32)], 0
    id_set = set(ids)
    for shard in datasets.shards(views, VIEWS, COLUMNS):
        for object_id, rows in datasets.groups_by_key(shard, "object_id"):
            if object_id in id_set:
                rows_of[object_id] = before, len(rows), rows["camera_angle_x"][0].as_py()
                poses.append(datasets.matrix(rows["camera_to_world"]))
                before += len(rows)
    if missing := [object_id for object_id in ids if object_id not in rows_of]:
        raise InputError(
            f"{views}: no views of {len(missing)} NeRFs ({', '.join(missing[:3])}), expected their cameras"
        )
    first, counts, angles = zip(*(rows_of[object_id] for object_id in ids), strict=True)
    return ObjectCameras(
        torch.from_numpy(np.concatenate(poses)).view(-1, 3, 4),
        torch.tensor(first),
        torch.tensor(counts),
        torch.tensor(angles),
    )
