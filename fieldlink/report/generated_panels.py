"""Panels of generated NeRFs: the input picture, the NeRF itself, its reconstruction, and the generated NeRFs."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fieldlink.core.variants import Variant, parse
from fieldlink.generation.generated_views import Renders
from fieldlink.report.galleries import query_pictures
from fieldlink.report.report_study import ReportStudy
from fieldlink.report.thumbnails import Picture

ITSELF = Variant(method="the NeRF itself").text
MOST_PANELS = 6  # of objects, and as many of photos


@dataclass(frozen=True)
class GeneratedPanel:
    owner_id: str  # of an object or a photo
    class_name: str
    caption: str | None
    pictures: dict[str, Picture]  # by label, in order


def generated_panels(study: ReportStudy, most: int = MOST_PANELS) -> list[GeneratedPanel]:
    """Panels of at most `most` test objects, spread over all of them, then of as many photos.

    The list is empty where generated views, objects or a reader of views is missing.
    """
    rows, objects, readers = study.rows.generated, study.rows.objects, study.readers
    if rows is None or objects is None or readers.views is None or readers.rendered_views is None:
        return []
    tested = objects.filter(pc.field("split") == "test")["object_id"].to_pylist()
    if study.rows.photos is not None:
        tested += study.rows.photos["photo_id"].to_pylist()
    rows = rows.filter(pc.field("owner_id").isin(tested))
    of_photos = pc.field("kind") == "photo"
    from_objects, from_photos = rows.filter(~of_photos), rows.filter(of_photos)
    object_ids = _spread_ids(from_objects, most)
    renders = {
        **Renders.by_row(from_objects, white=True),
        ITSELF: Renders.of_nerfs(readers.rendered_views(object_ids), rows),
    }
    inputs = query_pictures(readers.views(object_ids), study, "gt")
    captions = dict(zip(objects["object_id"].to_pylist(), objects["caption"].to_pylist(), strict=True))
    panels = [
        GeneratedPanel(i, study.class_of[i], captions[i], {"the view": inputs[i], **_mosaics(renders, i)})
        for i in object_ids
    ]
    return [*panels, *_photo_panels(study, from_photos, most)]


def _photo_panels(study: ReportStudy, from_photos: pa.Table, most: int) -> list[GeneratedPanel]:
    """Panels of photos. There are none without their pictures."""
    if study.readers.photos is None or not len(from_photos):
        return []
    photo_ids = _spread_ids(from_photos, most)
    renders = Renders.by_row(from_photos, white=True)
    inputs = query_pictures(study.readers.photos(photo_ids), study, "photo")
    return [
        GeneratedPanel(i, study.class_of[i], None, {"the photo": inputs[i], **_mosaics(renders, i)}) for i in photo_ids
    ]


def _mosaics(renders: Mapping[str, Renders], owner_id: str) -> dict[str, Picture]:
    """One mosaic per row of the table that the owner has renders of: its own NeRF, the reconstruction, the rest."""
    ordered = sorted(renders.items(), key=_order)
    return {row: mosaic(views.select([owner_id])[0]) for row, views in ordered if owner_id in views.ids}


def mosaic(views: np.ndarray) -> Picture:
    """Views of one size side by side in a grid as wide as it is high, or one view wider; empty places are white."""
    across = int(np.ceil(np.sqrt(len(views))))
    down = -(-len(views) // across)
    blank = np.full((across * down - len(views), *views.shape[1:]), 255, np.uint8)
    tiles = np.concatenate([views, blank]).reshape(down, across, *views.shape[1:])
    return tiles.swapaxes(1, 2).reshape(down * views.shape[1], across * views.shape[2], 3)


def _spread_ids(rows: pa.Table, most: int) -> list[str]:
    """At most `most` of the owners, evenly over the sorted list of them."""
    ids = sorted(set(rows["owner_id"].to_pylist()))
    return [ids[i] for i in sorted(set(np.linspace(0, len(ids) - 1, min(most, len(ids))).astype(int).tolist()))]


def _order(item: tuple[str, Renders]) -> int:
    """The NeRF itself, its reconstruction, then what was generated."""
    if item[0] == ITSELF:
        return 0
    return 1 if parse(item[0]).generated_from == "NeRF vector" else 2
