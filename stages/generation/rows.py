"""Generated views as the rows of the study's table."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import UInt8

from stages.scenes import pictures

KINDS = {"gt": "view", "caption": "caption", "nerf": "NeRF vector"}


@dataclass(frozen=True)
class Renders:
    """Pictures of some objects from as many views each."""

    ids: list[str]
    pictures: UInt8[np.ndarray, "object view height width 3"]

    @staticmethod
    def of(rows: pa.Table, white: bool = False) -> "Renders":
        """From rows of one kind and method, in order of object and view; on black, or on white."""
        ids = list(dict.fromkeys(rows["object_id"].to_pylist()))
        over = pictures.on_white if white else pictures.on_black
        images = np.stack([over(pictures.decode(image)) for image in rows["image"].to_pylist()])
        return Renders(ids, images.reshape(len(ids), -1, *images.shape[1:]))

    @staticmethod
    def by_row(generated: pa.Table, white: bool = False) -> "dict[str, Renders]":
        """By what the table calls each kind and method: "caption → mse"."""
        pairs = sorted(set(zip(generated["kind"].to_pylist(), generated["method"].to_pylist(), strict=True)))
        found = {}
        for kind, method in sorted(pairs, key=lambda pair: (list(KINDS).index(pair[0]), pair[1])):
            rows = generated.filter((pc.field("kind") == kind) & (pc.field("method") == method))
            found[f"{KINDS[kind]} → {method}"] = Renders.of(rows, white)
        return found

    @staticmethod
    def of_nerfs(rendered: pa.Table, generated: pa.Table) -> "Renders":
        """The NeRFs' own renders, from the same cameras."""
        views = sorted(set(generated["view"].to_pylist()))
        return Renders.of(rendered.filter(pc.field("view").isin(views)))
