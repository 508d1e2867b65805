"""Supports of seats and table tops, shared by chairs, benches, sofas and tables.

Each fills a plan of half depth x and half width z up to a height, adds itself to the sketch and names itself.
"""

import numpy as np

from fieldlink.scenes.catalogue.parts import Span, ball, box, lathe, rod
from fieldlink.scenes.catalogue.sketches import Sketch
from fieldlink.scenes.catalogue.textures import PatternMaterial

CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))


def four_legs(sketch: Sketch, material: PatternMaterial, x: float, z: float, height: float) -> None:
    """Square or round, straight, tapered or splayed, sometimes with a rail between."""
    thick = sketch.between(0.02, 0.055)
    square, splay = sketch.chance(0.5), sketch.choice(0.0, 0.0, sketch.between(0.02, 0.12))
    tip = thick * sketch.choice(1.0, sketch.between(0.4, 0.8))
    for a, b in CORNERS:
        top, bottom = (a * (x - thick), height, b * (z - thick)), (a * (x - thick + splay), 0, b * (z - thick + splay))
        sketch.add(material, rod(bottom, top, tip * (1.3 if square else 1), thick, sides=4 if square else 8))
    if sketch.chance(0.35):
        y = height * sketch.between(0.2, 0.7)
        for b in (-1, 1):
            sketch.add(material, box((thick - x, x - thick), (y, y + thick), sorted_span(b * (z - thick), thick)))
    sketch.features.append(f"four {'thin' if thick < 0.035 else 'thick'} legs")


def panels(sketch: Sketch, material: PatternMaterial, x: float, z: float, height: float) -> None:
    """A closed board at either side."""
    thick, deep = sketch.between(0.02, 0.07), x * sketch.between(0.7, 1.0)
    for side in (-1, 1):
        sketch.add(material, box((-deep, deep), (0, height), sorted_span(side * (z - thick), thick)))
    if sketch.chance(0.5):
        y = height * sketch.between(0.2, 0.6)
        sketch.add(material, box((-0.015, 0.015), (y, height), (thick - z, z - thick)))
    sketch.features.append("side panels")


def trestles(sketch: Sketch, material: PatternMaterial, x: float, z: float, height: float) -> None:
    """An A of two struts at either side, and a rail."""
    thick, y = sketch.between(0.018, 0.04), height * sketch.between(0.3, 0.7)
    for side in (-0.75 * z, 0.75 * z):
        for end in (-x, x):
            sketch.add(material, rod((end, 0, side), (0.2 * end, height, side), thick, sides=4))
    sketch.add(material, rod((0, y, -0.75 * z), (0, y, 0.75 * z), 0.8 * thick, sides=4))
    sketch.features.append("crossed legs")


def sled(sketch: Sketch, material: PatternMaterial, x: float, z: float, height: float) -> None:
    """Two hoops of tube that run along the floor; the rear or front uprights may lack."""
    thick, uprights = sketch.between(0.015, 0.03), sketch.choice((-1, 1), (1,))
    for side in (thick - z, z - thick):
        sketch.add(material, rod((-x, thick, side), (x, thick, side), thick))
        sketch.add(material, rod((-x, height - thick, side), (x, height - thick, side), thick))
        for end in uprights:
            sketch.add(material, rod((end * x, thick, side), (end * x, height - thick, side), thick))
    sketch.features.append("a tube frame")


def star(sketch: Sketch, material: PatternMaterial, x: float, z: float, height: float) -> None:
    """A column on three to six spokes, with castors or without."""
    spokes, reach, thick = sketch.whole(3, 6), sketch.between(0.75, 1.1) * min(x, z), sketch.between(0.02, 0.035)
    castors = sketch.chance(0.6)
    foot = 0.05 if castors else thick
    for angle in np.arange(spokes) * 2 * np.pi / spokes + sketch.between(0, 1):
        end = (reach * np.cos(angle), foot, reach * np.sin(angle))
        sketch.add(material, rod((0, foot + 0.05, 0), end, thick, 0.7 * thick, sides=6))
        if castors:
            sketch.add(material, ball((end[0], 0.03, end[2]), (0.035, 0.03, 0.035), sides=6))
    sketch.add(material, rod((0, foot, 0), (0, height, 0), sketch.between(0.025, 0.05)))
    sketch.features.append("a star base")


def pedestal(sketch: Sketch, material: PatternMaterial, x: float, z: float, height: float) -> None:
    """One turned column on a round or square foot."""
    foot, waist = sketch.between(0.5, 0.85) * min(x, z), sketch.between(0.03, 0.09)
    sides = sketch.choice(4, 16)
    swell = sketch.between(1, 2) * waist
    profile = [
        (foot, 0.0),
        (foot, 0.03),
        (waist, 0.06),
        (swell, height / 2),
        (waist, height - 0.03),
        (1.5 * waist, height),
    ]
    sketch.add(material, lathe(profile, sides=sides))
    sketch.features.append("a pedestal")


def block(sketch: Sketch, material: PatternMaterial, x: float, z: float, height: float) -> None:
    """A closed base, sometimes drawn in."""
    inset = sketch.between(0.75, 0.95)
    sketch.add(
        material, box((-inset * x, inset * x), (0, height), (-inset * z, inset * z), taper=sketch.between(0.9, 1.1))
    )
    sketch.features.append("a closed base")


def feet(sketch: Sketch, material: PatternMaterial, x: float, z: float, height: float) -> None:
    """Short thick legs."""
    thick, sides = sketch.between(0.025, 0.06), sketch.choice(4, 8)
    for a, b in CORNERS:
        at = a * (x - 1.3 * thick), b * (z - 1.3 * thick)
        sketch.add(material, rod((at[0], 0, at[1]), (at[0], height, at[1]), 0.6 * thick, thick, sides=sides))


def sorted_span(edge: float, thick: float) -> Span:
    """From an edge outwards, on either side of 0."""
    return (edge, edge + thick) if edge > 0 else (edge - thick, edge)
