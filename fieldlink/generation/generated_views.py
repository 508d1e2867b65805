"""Generated views as the rows of the study's table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import UInt8

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.variants import GenerationInput, parse
from fieldlink.scenes import pictures

KINDS: dict[str, GenerationInput] = {"gt": "view", "caption": "caption", "photo": "photo", "nerf": "NeRF vector"}


@dataclass(frozen=True)
class Renders:
    """Pictures of what was made of some objects or photos, from as many views each."""

    ids: list[str]
    pictures: UInt8[np.ndarray, "owner view height width 3"]

    @staticmethod
    def of(rows: pa.Table, white: bool = False, key: str = "owner_id") -> "Renders":
        """From rows of one kind and method, in order of owner and view; on black, or on white.

        Raises `InputError` for an owner whose views aren't as many, or of the size, as those of the first.
        """
        over = pictures.on_white if white else pictures.on_black
        found = {
            name: [over(pictures.decode(image)) for image in own["image"].to_pylist()]
            for name, own in datasets.groups_by_key(rows, key)
        }
        _check_alike(found)
        return Renders(list(found), np.stack([np.stack(views) for views in found.values()]))

    @staticmethod
    def owners(generated: pa.Table) -> tuple[list[str], list[str]]:
        """Ids of the objects and of the photos from which views were generated."""
        of_photos = pc.field("kind") == "photo"
        objects, photos = (generated.filter(chosen)["owner_id"].to_pylist() for chosen in (~of_photos, of_photos))
        return sorted(set(objects)), sorted(set(photos))

    @staticmethod
    def by_row(generated: pa.Table, white: bool = False) -> "dict[str, Renders]":
        """By what the table calls each kind and method: "caption → mse"."""
        pairs = sorted(set(zip(generated["kind"].to_pylist(), generated["method"].to_pylist(), strict=True)))
        found = {}
        for kind, method in sorted(pairs, key=lambda pair: (list(KINDS).index(pair[0]), pair[1])):
            rows = generated.filter((pc.field("kind") == kind) & (pc.field("method") == method))
            row = replace(parse(method), generated_from=KINDS[kind]).text
            found[row] = Renders.of(rows, white)
        return found

    @staticmethod
    def of_nerfs(rendered: pa.Table, generated: pa.Table) -> "Renders":
        """The NeRFs' own renders, from the same cameras."""
        views = sorted(set(generated["view"].to_pylist()))
        return Renders.of(rendered.filter(pc.field("view").isin(views)), key="object_id")

    def some(self, ids: Sequence[str]) -> "UInt8[np.ndarray, 'some view height width 3']":
        """Those of `ids`, in that order."""
        return self.pictures[[self.ids.index(name) for name in ids]]


def _check_alike(found: Mapping[str, Sequence[UInt8[np.ndarray, "height width 3"]]]) -> None:
    if not found:
        raise InputError("no picture from the cameras of generation.views, expected at least one an object")
    sizes = {name: [view.shape[:2] for view in views] for name, views in found.items()}
    first, own = next(iter(sizes.items()))
    for name, given in sizes.items():
        if given != [own[0]] * len(own):
            raise InputError(
                f"{name}: {len(given)} of generation.views, (height, width) {sorted(set(given))}; "
                f"expected {len(own)} of {own[0]}, as {first} has"
            )
