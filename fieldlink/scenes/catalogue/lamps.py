"""Lamps: table, floor and pendant lamps, desk arms, chandeliers, lanterns."""

import numpy as np

from fieldlink.scenes.catalogue.parts import Solid, Span, ball, box, lathe, rod
from fieldlink.scenes.catalogue.sketches import Sketch
from fieldlink.scenes.catalogue.textures import PatternMaterial


def lamp(sketch: Sketch) -> None:
    kind = sketch.choice(_table, _table, _floor, _floor, _pendant, _pendant, _arm, _chandelier, _lantern)
    kind(sketch, sketch.material())


def _shade(sketch: Sketch, wide: float, low: float, high: float, at: Span = (0.0, 0.0)) -> Solid:
    """A cone, drum, bowl, globe or square box about a vertical axis."""
    narrow = wide * sketch.between(0.3, 0.8)
    profile = sketch.choice(
        [(wide, low), (narrow, high)],
        [(wide, low), (narrow, high)],
        [(wide, low), (wide, high)],
        [(narrow, low), (wide, high)],
        [(wide, low), (0.9 * wide, (low + high) / 2), (0.3 * wide, high)],
        [
            (0.4 * wide, low),
            (0.9 * wide, 0.7 * low + 0.3 * high),
            (0.9 * wide, 0.3 * low + 0.7 * high),
            (0.4 * wide, high),
        ],
    )
    return lathe(profile, at, sides=sketch.choice(16, 16, 16, 4, 6))


def _table(sketch: Sketch, stand: PatternMaterial) -> None:
    """A swelling body or a stem under a shade."""
    wide, low = sketch.between(0.16, 0.36), sketch.between(0.25, 0.6)
    high = low + sketch.between(0.18, 0.4)
    body, foot = sketch.between(0.03, 0.17), sketch.between(0.1, 0.2)
    middle = low * sketch.between(0.3, 0.7)
    sketch.add(
        stand,
        lathe([(foot, 0), (foot, 0.03), (0.4 * body + 0.02, 0.06), (body, middle), (0.03, 0.9 * low), (0.02, high)]),
    )
    sketch.add(sketch.main, _shade(sketch, wide, low, high))
    sketch.features += [
        "a wide shade" if wide > 0.26 else "a shade",
        "a round foot" if body < 0.1 else "a bulging body",
    ]


def _floor(sketch: Sketch, stand: PatternMaterial) -> None:
    """A long stem, straight or bowed, on a plate or tripod."""
    wide, low = sketch.between(0.12, 0.28), sketch.between(0.7, 1.1)
    reach, foot = sketch.choice(0.0, 0.0, sketch.between(0.2, 0.45)), sketch.between(0.1, 0.22)
    high, stem = low + sketch.between(0.1, 0.28), sketch.between(0.012, 0.03)
    if sketch.chance(0.3):
        for angle in (0.3, 2.4, 4.5):
            sketch.add(stand, rod((foot * np.cos(angle), 0, foot * np.sin(angle)), (0, 0.45 * low, 0), stem))
    else:
        sketch.add(stand, lathe([(foot, 0), (foot, 0.025), (0.3 * foot, 0.05)]))
    sketch.add(stand, rod((0, 0, 0), (0, high if not reach else high + 0.06, 0), stem))
    if reach:
        sketch.add(stand, rod((0, high + 0.05, 0), (reach, high, 0), stem))
        sketch.features.append("an overhanging arm")
    sketch.add(sketch.main, _shade(sketch, wide, low, high, (reach, 0.0)))
    sketch.adjectives.append("floor")
    sketch.features += ["a thin stem"]


def _pendant(sketch: Sketch, stand: PatternMaterial) -> None:
    """A shade, or several in a row, under a ceiling plate."""
    count, cord = sketch.choice(1, 1, 1, 2, 3), sketch.between(0.25, 0.9)
    wide, tall = sketch.between(0.15, 0.4) / np.sqrt(count), sketch.between(0.15, 0.4)
    pitch = 2.4 * wide
    for index in range(count):
        z = (index - (count - 1) / 2) * pitch
        sketch.add(stand, rod((0, 0.9 * tall, z), (0, tall + cord, z), 0.014))
        sketch.add(sketch.main, _shade(sketch, wide, 0.0, tall, (0.0, z)))
    top, half = tall + cord, (count - 1) / 2 * pitch + 0.08
    sketch.add(
        stand,
        box((-0.08, 0.08), (top, top + 0.04), (-half, half)) if count > 1 else lathe([(0.1, top), (0.06, top + 0.04)]),
    )
    sketch.adjectives.append("hanging")
    sketch.features.append(f"{['one shade', 'two shades', 'three shades'][count - 1]}")


def _arm(sketch: Sketch, stand: PatternMaterial) -> None:
    """Two jointed arms that hold a head over the desk."""
    lower, upper, stem = sketch.between(0.35, 0.55), sketch.between(0.3, 0.5), sketch.between(0.014, 0.03)
    elbow = (-sketch.between(0.05, 0.25), lower, 0.0)
    head = (elbow[0] + upper * sketch.between(0.7, 1.0), lower + sketch.between(0.0, 0.2), 0.0)
    sketch.add(stand, lathe([(sketch.between(0.12, 0.2), 0), (0.1, 0.04)]))
    sketch.add(stand, rod((0, 0, 0), elbow, stem), rod(elbow, head, stem), ball(elbow, (0.04, 0.04, 0.04), sides=8))
    tip = (head[0] + 0.06, head[1] - sketch.between(0.12, 0.2), 0.0)
    sketch.add(sketch.main, rod(tip, head, sketch.between(0.09, 0.16), 0.04, sides=14))
    sketch.adjectives.append("desk")
    sketch.features.append("a jointed arm")


def _chandelier(sketch: Sketch, stand: PatternMaterial) -> None:
    """Arms around a column, a small shade or candle on each."""
    arms, reach, cord = sketch.whole(3, 7), sketch.between(0.25, 0.45), sketch.between(0.3, 0.7)
    sketch.add(stand, rod((0, 0.0, 0), (0, cord + 0.3, 0), 0.022), ball((0, 0.1, 0), (0.07, 0.09, 0.07), sides=8))
    sketch.add(stand, lathe([(0.1, cord + 0.28), (0.06, cord + 0.32)]))
    up, wide = sketch.chance(0.6), sketch.between(0.05, 0.1)
    for angle in np.arange(arms) * 2 * np.pi / arms:
        x, z = reach * np.cos(angle), reach * np.sin(angle)
        sketch.add(stand, rod((0, 0.05, 0), (x, 0.15, z), 0.016, sides=6))
        ends = [(wide * 0.6, 0.15), (wide, 0.3)] if up else [(wide, 0.02), (wide * 0.6, 0.16)]
        sketch.add(sketch.main, lathe(ends, (x, z), sides=10))
    sketch.adjectives.append("hanging")
    sketch.features.append(f"{arms} arms")


def _lantern(sketch: Sketch, stand: PatternMaterial) -> None:
    """A glowing body between a foot and a roof, sometimes on a post or under a handle."""
    wide, tall, sides = sketch.between(0.14, 0.24), sketch.between(0.3, 0.6), sketch.choice(4, 6, 16)
    post = sketch.choice(0.0, sketch.between(0.4, 1.0))
    sketch.add(stand, lathe([(0.8 * wide, 0), (0.8 * wide, 0.04)], sides=sides))
    if post:
        sketch.add(stand, rod((0, 0, 0), (0, post, 0), 0.03))
    sketch.add(sketch.main, lathe([(0.7 * wide, post + 0.04), (0.95 * wide, post + tall)], sides=sides))
    sketch.add(
        stand, lathe([(1.2 * wide, post + tall), (0.15 * wide, post + tall + sketch.between(0.08, 0.2))], sides=sides)
    )
    sketch.features.append("a roof and a post" if post else "a roof")
