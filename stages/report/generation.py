"""Panels of generated NeRFs: what was asked, the NeRF itself, its reconstruction, and what was generated."""

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from stages.generation.rows import Renders
from stages.report.galleries import query_pictures
from stages.report.pictures import Picture
from stages.report.study import Study

MOST = 6  # panels on the page


@dataclass(frozen=True)
class Panel:
    object_id: str
    class_name: str
    caption: str | None
    pictures: dict[str, Picture]  # by what they show, in order


def panels(study: Study, most: int = MOST) -> list[Panel]:
    """One object a panel, of a class each as far as that goes; none where a picture's reader is missing."""
    rows, objects = study.generated, study.objects
    if rows is None or objects is None or study.views_of is None or study.renders_of is None:
        return []
    shown = _spread(sorted(set(rows["object_id"].to_pylist())), most)
    found = {**Renders.by_row(rows, white=True), "the NeRF itself": Renders.of_nerfs(study.renders_of(shown), rows)}
    asked = query_pictures(study.views_of(shown), study, "gt")
    of = objects.filter(pc.field("object_id").isin(shown)).to_pylist()
    return [
        Panel(
            each["object_id"],
            each["class_name"],
            each["caption"],
            {"the view": asked[each["object_id"]]}
            | {
                row: mosaic(renders.pictures[renders.ids.index(each["object_id"])])
                for row, renders in sorted(found.items(), key=_order)
                if each["object_id"] in renders.ids
            },
        )
        for each in of
    ]


def mosaic(views: np.ndarray) -> Picture:
    """Views of one size side by side, in rows of about as many as there are rows; what is left over is white."""
    across = int(np.ceil(np.sqrt(len(views))))
    down = -(-len(views) // across)
    blank = np.full((across * down - len(views), *views.shape[1:]), 255, np.uint8)
    tiles = np.concatenate([views, blank]).reshape(down, across, *views.shape[1:])
    return tiles.swapaxes(1, 2).reshape(down * views.shape[1], across * views.shape[2], 3)


def _spread(ids: list[str], most: int) -> list[str]:
    """At most `most` ids, evenly over the list."""
    return [ids[i] for i in sorted(set(np.linspace(0, len(ids) - 1, min(most, len(ids))).astype(int).tolist()))]


def _order(item: tuple[str, Renders]) -> int:
    """The NeRF itself, its reconstruction, then what was generated."""
    return 0 if item[0].startswith("the NeRF") else 1 if item[0].startswith("NeRF") else 2
