"""The procedural catalogue: textured objects of 13 classes, each a function of its class and a seed.

To add a class, write a generator `(Sketch) -> None` in the file of its kind, or in a new file named after it. The
generator puts solids of `parts` together: front towards +x, y up, about one unit large. It chooses between several
sub-types with wide proportions, takes every colour from `sketch.material()`, and adds to `features` what a caption may
say. Enter it in `GENERATORS` under its name in params.yaml, and look at a contact sheet of its objects.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from fieldlink.core.errors import InputError
from fieldlink.core.seeds import seed_of
from fieldlink.scenes.catalogue.aircraft import airplane
from fieldlink.scenes.catalogue.boxes import cabinet, speaker
from fieldlink.scenes.catalogue.cars import car
from fieldlink.scenes.catalogue.displays import display
from fieldlink.scenes.catalogue.lamps import lamp
from fieldlink.scenes.catalogue.phones import phone
from fieldlink.scenes.catalogue.rifles import rifle
from fieldlink.scenes.catalogue.seating import bench, chair
from fieldlink.scenes.catalogue.sketches import Sketch
from fieldlink.scenes.catalogue.tables_and_desks import table
from fieldlink.scenes.catalogue.upholstery import sofa
from fieldlink.scenes.catalogue.watercraft import watercraft
from fieldlink.scenes.meshes import Mesh, normalised, transformed

GENERATORS: dict[str, Callable[[Sketch], None]] = {
    "airplane": airplane,
    "bench": bench,
    "cabinet": cabinet,
    "car": car,
    "chair": chair,
    "display": display,
    "lamp": lamp,
    "speaker": speaker,
    "rifle": rifle,
    "sofa": sofa,
    "table": table,
    "phone": phone,
    "watercraft": watercraft,
}
STRETCH = 1.08  # largest factor by which an axis is stretched or squeezed after the generator


@dataclass(frozen=True)
class CatalogueObject:
    """A mesh of unit diagonal, centred, and its caption."""

    model: Mesh
    caption: str  # such as "a wide red display with no stand"


def make(class_name: str, noun: str, seed: int) -> CatalogueObject:
    """One object of a class; `noun` has its article. Raises `InputError` for a class that has no generator."""
    if class_name not in GENERATORS:
        raise InputError(f"classes.{class_name}: the catalogue has no such class, it has {', '.join(GENERATORS)}")
    sketch = Sketch(seed_of(seed, "catalogue", class_name))
    GENERATORS[class_name](sketch)
    stretch = np.exp(sketch.random.uniform(-1, 1, 3) * np.log(STRETCH))
    model = sketch.model()
    extent = stretch * np.ptp(model.vertices, axis=0)
    moved = transformed(model, np.concatenate([np.diag(stretch), np.zeros((3, 1))], axis=1))
    return CatalogueObject(normalised(moved), sketch.caption(noun, _size(extent)))


def check_classes(classes: Iterable[str]) -> None:
    """Raise `InputError` for a class that the catalogue has no generator of."""
    for name in classes:
        if name not in GENERATORS:
            raise InputError(f"params.yaml: classes.{name}: not in the catalogue, which has {', '.join(GENERATORS)}")


def _size(extent: np.ndarray) -> str:
    """A word for unusual proportions, "" for others."""
    depth, height, width = extent
    words = {"tall": height > 1.5 * max(depth, width), "flat": height < 0.25 * max(depth, width)}
    words |= {"wide": width > 2.2 * max(depth, height), "long": depth > 2.5 * max(width, height)}
    return next((word for word, fits in words.items() if fits), "")
