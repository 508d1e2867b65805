"""Panels of generated NeRFs: what was asked, the NeRF itself, its reconstruction, and what was generated."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fieldlink.generation.generated_views import Renders
from fieldlink.report.galleries import query_pictures
from fieldlink.report.study import Study
from fieldlink.report.thumbnails import Picture

MOST = 6  # panels on the page


@dataclass(frozen=True)
class Panel:
    owner_id: str  # of an object or a photo
    class_name: str
    caption: str | None
    pictures: dict[str, Picture]  # by what they show, in order


def panels(study: Study, most: int = MOST) -> list[Panel]:
    """One object a panel, of a class each as far as that goes, then photos; none where a picture has no reader."""
    rows, objects = study.generated, study.objects
    if rows is None or objects is None or study.views_of is None or study.renders_of is None:
        return []
    of_photos = pc.field("kind") == "photo"
    from_objects, from_photos = rows.filter(~of_photos), rows.filter(of_photos)
    shown = _shown(from_objects, most)
    made = {
        **Renders.by_row(from_objects, white=True),
        "the NeRF itself": Renders.of_nerfs(study.renders_of(shown), rows),
    }
    asked = query_pictures(study.views_of(shown), study, "gt")
    caption = dict(zip(objects["object_id"].to_pylist(), objects["caption"].to_pylist(), strict=True))
    found = [Panel(name, study.class_of[name], caption[name], _pictures("view", asked, made, name)) for name in shown]
    if study.photos_of is None or not len(from_photos):
        return found
    shown, made = _shown(from_photos, most), Renders.by_row(from_photos, white=True)
    asked = query_pictures(study.photos_of(shown), study, "photo")
    return [
        *found,
        *(Panel(name, study.class_of[name], None, _pictures("photo", asked, made, name)) for name in shown),
    ]


def _pictures(what: str, asked: Mapping[str, Picture], made: Mapping[str, Renders], name: str) -> dict[str, Picture]:
    """What was asked, and all that was made of it."""
    ordered = sorted(made.items(), key=_order)
    mosaics = {row: mosaic(renders.some([name])[0]) for row, renders in ordered if name in renders.ids}
    return {f"the {what}": asked[name], **mosaics}


def mosaic(views: np.ndarray) -> Picture:
    """Views of one size side by side, in rows of about as many as there are rows; what is left over is white."""
    across = int(np.ceil(np.sqrt(len(views))))
    down = -(-len(views) // across)
    blank = np.full((across * down - len(views), *views.shape[1:]), 255, np.uint8)
    tiles = np.concatenate([views, blank]).reshape(down, across, *views.shape[1:])
    return tiles.swapaxes(1, 2).reshape(down * views.shape[1], across * views.shape[2], 3)


def _shown(rows: pa.Table, most: int) -> list[str]:
    """At most `most` of the owners, evenly over the list of them."""
    ids = sorted(set(rows["owner_id"].to_pylist()))
    return [ids[i] for i in sorted(set(np.linspace(0, len(ids) - 1, min(most, len(ids))).astype(int).tolist()))]


def _order(item: tuple[str, Renders]) -> int:
    """The NeRF itself, its reconstruction, then what was generated."""
    return 0 if item[0].startswith("the NeRF") else 1 if item[0].startswith("NeRF") else 2
