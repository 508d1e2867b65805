"""Cabinets and speakers: boxes that their fronts (at +x) tell apart."""

import numpy as np

from fieldlink.scenes.catalogue import supports
from fieldlink.scenes.catalogue.parts import Solid, Span, ball, box, disc, lathe, rod
from fieldlink.scenes.catalogue.sketches import Sketch
from fieldlink.scenes.catalogue.textures import PatternMaterial


def cabinet(sketch: Sketch) -> None:
    """Wardrobes, sideboards, chests of drawers, open shelves: a grid of fields, each a door, drawers or open."""
    main, front = sketch.main, sketch.material()
    x, z, height = sketch.between(0.12, 0.3), sketch.between(0.18, 0.6), sketch.between(0.35, 1.2)
    foot = sketch.choice(0.0, 0.05, sketch.between(0.06, 0.25))
    if foot > 0.05:
        supports.feet(sketch, main, x, z, foot)
    elif foot:
        sketch.add(front, box((-0.9 * x, 0.9 * x), (0, foot), (-0.95 * z, 0.95 * z)))
    _carcass(sketch, main, (x, z), (foot, foot + height))
    columns, rows = max(1, round(2 * z / sketch.between(0.3, 0.6))), max(1, round(height / sketch.between(0.3, 0.7)))
    kinds = [
        sketch.choice("doors", "doors", "drawers", "open shelves")
        for _ in range(rows if sketch.chance(0.5) else columns)
    ]
    by_row = len(kinds) == rows
    for row in range(rows):
        for column in range(columns):
            y = foot + height * row / rows + 0.015, foot + height * (row + 1) / rows - 0.015
            span = 2 * z * column / columns - z + 0.015, 2 * z * (column + 1) / columns - z - 0.015
            fill = FIELDS[kinds[row if by_row else column]]
            fill(sketch, front, x, y, span)
    if sketch.chance(0.35):
        over = sketch.between(1.03, 1.12)
        sketch.add(front, box((-x, over * x), (foot + height, foot + height + 0.04), (-over * z, over * z)))
    sketch.features += dict.fromkeys(kinds)


def _carcass(sketch: Sketch, main: PatternMaterial, plan: Span, y: Span) -> None:
    """Open to the front."""
    (x, z), (low, high), thick = plan, y, 0.025
    sketch.add(main, box((-x, thick - x), y, (-z, z)))
    sketch.add(main, box((-x, x), (low, low + thick), (-z, z)), box((-x, x), (high - thick, high), (-z, z)))
    sketch.add(main, box((-x, x), y, (-z, thick - z)), box((-x, x), y, (z - thick, z)))


def _open(sketch: Sketch, front: PatternMaterial, x: float, y: Span, z: Span) -> None:
    """Shelves, and the wall to the next field."""
    count = sketch.whole(1, 2)
    for index in range(count + 1):
        height = y[0] + (y[1] - y[0]) * index / (count + 1)
        sketch.add(sketch.main, box((-x, 0.95 * x), (height - 0.012, height + 0.012), z))
    sketch.add(sketch.main, box((-x, 0.95 * x), y, (z[0] - 0.02, z[0])))


def _door(sketch: Sketch, front: PatternMaterial, x: float, y: Span, z: Span) -> None:
    sketch.add(front, box((0.7 * x, x + 0.012), y, z))
    middle, side = sum(y) / 2, z[1] - 0.04
    sketch.add(sketch.main, rod((x + 0.03, middle - 0.06, side), (x + 0.03, middle + 0.06, side), 0.014))


def _drawers(sketch: Sketch, front: PatternMaterial, x: float, y: Span, z: Span) -> None:
    count = sketch.whole(2, 3)
    rise = (y[1] - y[0]) / count
    for index in range(count):
        low, high = y[0] + index * rise + 0.008, y[0] + (index + 1) * rise - 0.008
        sketch.add(front, box((0.7 * x, x + 0.012), (low, high), z))
        sketch.add(sketch.main, ball((x + 0.03, (low + high) / 2, sum(z) / 2), (0.025, 0.02, 0.045), sides=6))


FIELDS = {"doors": _door, "drawers": _drawers, "open shelves": _open}


def speaker(sketch: Sketch) -> None:
    """Boxes or drums with one to three cones on the front: towers, bookshelf speakers, cubes, some on a stand."""
    main, stand = sketch.main, sketch.material()
    count = sketch.whole(1, 3)
    z, x = sketch.between(0.14, 0.34), sketch.between(0.12, 0.3)
    low = sketch.choice(0.0, 0.0, sketch.between(0.03, 0.12), sketch.between(0.2, 0.6))
    high = low + 2 * z * count * sketch.between(0.75, 1.15)
    if low > 0.2:
        supports.pedestal(sketch, stand, x, z, low)
    elif low:
        supports.feet(sketch, stand, x, z, low)
    if sketch.chance(0.12):
        sketch.add(main, lathe([(0.9 * z, low), (z, low + 0.04), (z, high), (0.8 * z, high + 0.04)]))
        x = 0.96 * z
    else:
        taper = sketch.choice(1.0, 1.0, sketch.between(0.75, 0.95))
        sketch.add(main, box((-x, x), (low, high), (-z, z), taper=taper))
    if sketch.chance(0.25):
        sketch.add(stand, box((0, x + 0.02), (low + 0.03, high - 0.03), (0.03 - z, z - 0.03)))
        sketch.features.append("a cloth front")
        count = 1
    _cones(sketch, stand, (x, (low, high), z), count)
    sketch.features.append(("one cone", "two cones", "three cones")[count - 1])


def _cones(sketch: Sketch, cone: PatternMaterial, front: tuple[float, Span, float], count: int) -> None:
    """One above the other, the largest at the bottom."""
    x, y, z = front
    ring, at = sketch.material(unlike=sketch.main), y[0]
    shares = np.sort(sketch.random.uniform(0.6, 1.2, count))[::-1]
    for rise in (y[1] - y[0]) * shares / shares.sum():
        radius = min(0.48 * rise, 0.85 * z) * sketch.between(0.75, 1.0)
        centre = (x - 0.01, at + rise / 2, 0.0)
        sketch.add(ring, disc(centre, radius, 0.035))
        sketch.add(sketch.choice(cone, sketch.main), *_membrane(centre, 0.82 * radius))
        at += rise


def _membrane(centre: tuple[float, float, float], radius: float) -> list[Solid]:
    x, y, z = centre
    dome = ball((x + 0.035, y, z), (0.35 * radius, 0.4 * radius, 0.4 * radius), sides=8)
    return [rod((x + 0.036, y, z), (x + 0.04, y, z), radius, sides=16), dome]
