"""Phones: slabs, bars with keys and antenna, clam shells, cordless handsets in a cradle, desk telephones."""

from fieldlink.scenes.catalogue.parts import Span, box, rod
from fieldlink.scenes.catalogue.screens import screen
from fieldlink.scenes.catalogue.sketches import Sketch
from fieldlink.scenes.catalogue.supports import sorted_span


def phone(sketch: Sketch) -> None:
    """Slabs, bars with keys and antenna, clam shells, cordless handsets in a cradle, desk telephones."""
    kind = sketch.choice(_slab, _slab, _bar, _bar, _clam, _cordless, _desk)
    kind(sketch)


def _slab(sketch: Sketch) -> None:
    """Mostly screen."""
    z, x = sketch.between(0.2, 0.32), sketch.between(0.025, 0.06)
    height, bezel = sketch.between(0.8, 1.0), sketch.between(0.015, 0.03)
    chin = sketch.between(0.03, 0.14)
    sketch.add(sketch.main, box((-x, x), (0, height), (-z, z)))
    y, span = (chin, height - chin), (bezel - z, z - bezel)
    screen(sketch, x, y, span)
    if chin > 0.07:
        sketch.add(sketch.material(), rod((x, chin / 2, 0), (x + 0.012, chin / 2, 0), 0.4 * chin))
    sketch.features.append("a large screen")


def _bar(sketch: Sketch) -> None:
    """Screen above, keys below."""
    z, x, height = sketch.between(0.17, 0.26), sketch.between(0.05, 0.11), sketch.between(0.75, 1.0)
    middle = height * sketch.between(0.45, 0.6)
    sketch.add(sketch.main, box((-x, x), (0, height), (-z, z), taper=sketch.between(0.9, 1.05)))
    screen(sketch, x, (middle, height - 0.08), (0.04 - z, z - 0.04))
    _keys(sketch, x, (0.05, middle - 0.05), z - 0.03)
    if sketch.chance(0.5):
        sketch.add(
            sketch.main, rod((0, height - 0.02, 0.75 * z), (0, height + sketch.between(0.1, 0.45), 0.75 * z), 0.035)
        )
        sketch.features.append("an antenna")


def _clam(sketch: Sketch) -> None:
    """Open: the keys lie on a lower half that tips forward, the screen on the upper."""
    z, thick, rise = sketch.between(0.22, 0.3), sketch.between(0.04, 0.07), sketch.between(0.4, 0.55)
    tip = sketch.between(0.05, 0.3)
    sketch.add(sketch.main, box((-thick, thick), (rise, 2 * rise), (-z, z), lean=-0.05))
    sketch.add(sketch.main, box((tip - thick, tip + thick), (0, rise), (-z, z), lean=-tip))
    sketch.add(sketch.main, rod((0, rise, -z), (0, rise, z), 1.2 * thick))
    sketch.add(
        sketch.material(), box((thick, thick + 0.01), (rise + 0.09, 2 * rise - 0.05), (0.05 - z, z - 0.05), lean=-0.04)
    )
    keys = sketch.material(unlike=sketch.main)
    for row in range(3):
        y = 0.05 + row * rise / 4
        x = tip * (1 - (y + 0.04) / rise) + thick
        for column in (-0.6 * z, 0.0, 0.6 * z):
            sketch.add(keys, box((x - 0.02, x + 0.02), (y, y + 0.6 * rise / 4), (column - 0.2 * z, column + 0.2 * z)))
    sketch.adjectives.append("flip")
    sketch.features.append("keys")


def _cordless(sketch: Sketch) -> None:
    """A handset that stands in a cradle."""
    z, x, height = sketch.between(0.11, 0.16), sketch.between(0.06, 0.1), sketch.between(0.7, 0.9)
    sketch.add(sketch.material(), box((-0.2, 0.28), (0, 0.16), (-1.8 * z, 1.8 * z), taper=0.8))
    sketch.add(sketch.main, box((-x, x), (0.1, height), (-z, z), lean=-0.1))
    sketch.add(
        sketch.material(), box((x - 0.1, x - 0.065), (0.72 * height, 0.9 * height), (0.03 - z, z - 0.03), lean=-0.025)
    )
    _keys(sketch, x - 0.045, (0.2, 0.65 * height), z - 0.03)
    if sketch.chance(0.6):
        sketch.add(sketch.main, rod((-0.1, height - 0.02, 0.7 * z), (-0.12, height + 0.25, 0.7 * z), 0.03, 0.02))
        sketch.features.append("an antenna")
    sketch.features.append("a cradle")


def _desk(sketch: Sketch) -> None:
    """A wedge with keys, its receiver lying across or along one side."""
    x, z, high = sketch.between(0.3, 0.42), sketch.between(0.32, 0.45), sketch.between(0.18, 0.3)
    sketch.add(sketch.main, box((-x, x), (0, high), (-z, z), taper=sketch.between(0.6, 0.85), lean=-0.1))
    receiver, side = sketch.material(), -0.55 * z
    sketch.add(receiver, rod((-0.8 * x, high + 0.1, side), (0.5 * x, high + 0.1, side), 0.05))
    for end in (-0.8 * x, 0.5 * x):
        sketch.add(receiver, box((end - 0.08, end + 0.08), (high - 0.02, high + 0.12), (side - 0.09, side + 0.09)))
    keys = sketch.material(unlike=sketch.main)
    for row in range(4):
        for column in range(3):
            at = (-0.35 * x + 0.2 * x * row, 0.1 * z + 0.2 * z * column)
            sketch.add(keys, box((at[0], at[0] + 0.13 * x), (high - 0.02, high + 0.025), sorted_span(at[1], 0.13 * z)))
    sketch.adjectives.append("desk")
    sketch.features += ["a receiver", "keys"]


def _keys(sketch: Sketch, x: float, y: Span, z: float) -> None:
    """A pad of three columns."""
    keys, rows = sketch.material(unlike=sketch.main), sketch.whole(3, 5)
    rise, wide = (y[1] - y[0]) / rows, 2 * z / 3
    for row in range(rows):
        for column in range(3):
            low, left = y[0] + row * rise, column * wide - z
            sketch.add(
                keys, box((x - 0.03, x + 0.012), (low, low + 0.7 * rise), (left + 0.15 * wide, left + 0.85 * wide))
            )
    sketch.features.append("keys")
