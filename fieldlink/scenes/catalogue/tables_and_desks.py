"""Tables: a top on a support of any kind, from coffee table to bar table, and desks."""

from fieldlink.scenes.catalogue import supports
from fieldlink.scenes.catalogue.parts import box, lathe
from fieldlink.scenes.catalogue.sketches import Sketch
from fieldlink.scenes.catalogue.supports import sorted_span
from fieldlink.scenes.catalogue.textures import PatternMaterial


def table(sketch: Sketch) -> None:
    kind = sketch.choice(_round, _round, _rectangular, _rectangular, _rectangular, _desk)
    height = sketch.choice(sketch.between(0.25, 0.45), sketch.between(0.5, 0.75), sketch.between(0.7, 1.0))
    kind(sketch, sketch.choice(sketch.main, sketch.material()), height, sketch.between(0.02, 0.08))


def _rectangular(sketch: Sketch, frame: PatternMaterial, height: float, thick: float) -> None:
    """A board, some with a shelf or an apron under it."""
    x = max(sketch.between(0.22, 0.4), 0.35 * height)
    z, inset = x * sketch.between(1.0, 2.6), sketch.between(0.8, 0.98)
    sketch.add(sketch.main, box((-x, x), (height, height + thick), (-z, z)))
    x, z, legs = inset * x, inset * z, supports.four_legs
    stand = sketch.choice(legs, legs, legs, supports.panels, supports.trestles, supports.sled, supports.pedestal)
    stand(sketch, frame, x, z, height)
    if stand in (legs, supports.panels) and sketch.chance(0.3):
        y = height * sketch.between(0.15, 0.5)
        sketch.add(frame, box((-0.9 * x, 0.9 * x), (y, y + 0.025), (-0.9 * z, 0.9 * z)))
        sketch.features.append("a lower shelf")
    if stand is legs and sketch.chance(0.5):
        apron = sketch.between(0.05, 0.12)
        sketch.add(frame, box((-0.85 * x, 0.85 * x), (height - apron, height), (-0.92 * z, 0.92 * z)))


def _round(sketch: Sketch, frame: PatternMaterial, height: float, thick: float) -> None:
    """A round, oval or many-cornered top."""
    radius = max(sketch.between(0.28, 0.5), 0.45 * height)
    oval, sides = sketch.choice(1.0, sketch.between(1.2, 1.7)), sketch.choice(20, 20, 20, 6, 8)
    legs, column = supports.four_legs, supports.pedestal
    stand = sketch.choice(legs, legs, column, column, supports.star, supports.trestles)
    spread = sketch.between(0.55, 0.75)
    stand(sketch, frame, spread * radius, spread * radius * oval, height)
    edge = sketch.between(0.85, 1.0)
    sketch.add(sketch.main, lathe([(edge * radius, height), (radius, height + thick)], sides=sides, round_to=oval))
    sketch.adjectives.append("round" if sides == 20 and oval == 1 else "oval" if sides == 20 else "many-sided")


def _desk(sketch: Sketch, frame: PatternMaterial, height: float, thick: float) -> None:
    """Drawers under one side or both, legs or a board under the other."""
    x, front = sketch.between(0.22, 0.4), sketch.material()
    z = x * sketch.between(1.3, 2.6)
    sketch.add(sketch.main, box((-x, x), (height, height + thick), (-z, z)))
    sides, wide, foot = sketch.choice((-1,), (1,), (-1, 1)), z * sketch.between(0.45, 0.7), sketch.choice(0.0, 0.06)
    count = sketch.whole(1, 4)
    for side in (-1, 1):
        outer = side * 0.95 * z
        if side not in sides:
            sketch.add(frame, box((-0.9 * x, 0.9 * x), (0, height), sorted_span(outer - side * 0.04, 0.04)))
            continue
        span = sorted_span(outer - side * wide, wide)
        sketch.add(frame, box((-0.9 * x, 0.9 * x), (foot, height), span))
        rise = (height - foot) / count
        for index in range(count):
            y = foot + (index + 0.08) * rise, foot + (index + 0.92) * rise
            sketch.add(front, box((0.9 * x, 0.93 * x), y, (span[0] + 0.02, span[1] - 0.02)))
    if sketch.chance(0.5):
        sketch.add(frame, box((-0.9 * x, 0.04 - 0.9 * x), (0.3 * height, height), (-0.9 * z, 0.9 * z)))
    sketch.adjectives.append("writing")
    sketch.features.append("drawers")
