"""Generated views as the rows of the study's table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import UInt8

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.query_domains import GENERATION_INPUTS
from fieldlink.core.variants import parse
from fieldlink.scenes import pictures


@dataclass(frozen=True)
class Renders:
    """Pictures of generated or fitted NeRFs, with the same number of views for each object or photo."""

    ids: list[str]
    pictures: UInt8[np.ndarray, "owner view height width 3"]

    @staticmethod
    def of(rows: pa.Table, white: bool = False, key: str = "owner_id") -> "Renders":
        """From rows of one kind and method, in order of owner and view; on black, or on white.

        Raises `InputError` for an owner whose views differ from those of the first in number or size.
        """
        composite = pictures.on_white if white else pictures.on_black
        views_by_owner = {
            owner_id: [composite(pictures.decode(image)) for image in owner_rows["image"].to_pylist()]
            for owner_id, owner_rows in datasets.groups_by_key(rows, key)
        }
        _check_same_shape(views_by_owner)
        return Renders(list(views_by_owner), np.stack([np.stack(views) for views in views_by_owner.values()]))

    @staticmethod
    def owners(generated: pa.Table) -> tuple[list[str], list[str]]:
        """Ids of the objects and of the photos from which views were generated."""
        of_photos = pc.field("kind") == "photo"
        objects, photos = (generated.filter(mask)["owner_id"].to_pylist() for mask in (~of_photos, of_photos))
        return sorted(set(objects)), sorted(set(photos))

    @staticmethod
    def by_row(generated: pa.Table, white: bool = False) -> "dict[str, Renders]":
        """Renders by row of the table, one row for each kind of input and method: "caption → mse"."""
        pairs = sorted(set(zip(generated["kind"].to_pylist(), generated["method"].to_pylist(), strict=True)))
        renders = dict[str, Renders]()
        for kind, method in sorted(pairs, key=lambda pair: (list(GENERATION_INPUTS).index(pair[0]), pair[1])):
            rows = generated.filter((pc.field("kind") == kind) & (pc.field("method") == method))
            row = replace(parse(method), generated_from=GENERATION_INPUTS[kind]).text
            renders[row] = Renders.of(rows, white)
        return renders

    @staticmethod
    def of_nerfs(rendered: pa.Table, generated: pa.Table) -> "Renders":
        """The NeRFs' own renders, from the same cameras."""
        views = sorted(set(generated["view"].to_pylist()))
        return Renders.of(rendered.filter(pc.field("view").isin(views)), key="object_id")

    def select(self, ids: Sequence[str]) -> "UInt8[np.ndarray, 'selected view height width 3']":
        """The pictures of `ids`, in that order."""
        return self.pictures[[self.ids.index(name) for name in ids]]


def _check_same_shape(views_by_owner: Mapping[str, Sequence[UInt8[np.ndarray, "height width 3"]]]) -> None:
    if not views_by_owner:
        raise InputError("no picture from the cameras of generation.views, expected at least one an object")
    sizes_by_owner = {name: [view.shape[:2] for view in views] for name, views in views_by_owner.items()}
    first, expected = next(iter(sizes_by_owner.items()))
    for name, sizes in sizes_by_owner.items():
        if sizes != [expected[0]] * len(expected):
            raise InputError(
                f"{name}: {len(sizes)} of generation.views, (height, width) {sorted(set(sizes))}; "
                f"expected {len(expected)} of {expected[0]}, as {first} has"
            )
