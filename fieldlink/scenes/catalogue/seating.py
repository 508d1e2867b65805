"""Chairs and benches: a support, a seat, a back, arms. Backs stand at -x."""

from fieldlink.scenes.catalogue import supports
from fieldlink.scenes.catalogue.parts import Span, ball, blade, box, lathe, rod, with_mirrored
from fieldlink.scenes.catalogue.sketches import Sketch
from fieldlink.scenes.catalogue.textures import PatternMaterial
from fieldlink.scenes.catalogue.upholstery import armchair


def chair(sketch: Sketch) -> None:
    """One person's seat: dining, swivel, cantilever, shell, bar and arm chairs."""
    if sketch.chance(0.2):
        armchair(sketch)
    else:
        _dining(sketch)


def _dining(sketch: Sketch) -> None:
    main, frame = sketch.main, sketch.material()
    x, z, height = sketch.between(0.2, 0.3), sketch.between(0.2, 0.32), sketch.between(0.3, 0.55)
    if sketch.chance(0.15):
        x, z, height = 0.75 * x, 0.75 * z, sketch.between(0.6, 0.8)
        sketch.adjectives.append("bar")
    four, swivel = supports.four_legs, supports.star
    stand = sketch.choice(
        four, four, four, swivel, swivel, supports.sled, supports.pedestal, supports.panels, supports.block
    )
    thick = sketch.between(0.025, 0.12)
    held = _seat(sketch, main, x, z, (height, height + thick))
    stand(sketch, frame, held * x, held * z, height)
    tall = sketch.between(0.2, 0.7)
    _back(sketch, sketch.choice(main, frame), x, z, (height + thick, height + thick + tall))
    if sketch.chance(0.4):
        _arms(sketch, sketch.choice(main, frame), x, z, height + thick)


def bench(sketch: Sketch) -> None:
    """A long seat for several: park, garden, gym benches, pews, stools that got long."""
    main, frame = sketch.main, sketch.material()
    backed = sketch.chance(0.72)
    x, z = sketch.between(0.15, 0.28) if backed else sketch.between(0.12, 0.2), sketch.between(0.42, 0.85)
    height = sketch.between(0.25, 0.5)
    stand = sketch.choice(
        supports.four_legs, supports.four_legs, supports.panels, supports.trestles, supports.sled, supports.block
    )
    stand(sketch, frame, x, 0.95 * z, height)
    thick = sketch.between(0.025, 0.1)
    if sketch.chance(0.5):
        _slats(sketch, main, x, z, (height, height + thick))
    else:
        sketch.add(main, box((-x, x), (height, height + thick), (-z, z)))
    if backed:
        _back(sketch, main, x, z, (height + thick, height + thick + sketch.between(0.2, 0.5)))
        if sketch.chance(0.5):
            _arms(sketch, frame, x, z, height + thick)
    else:
        sketch.features.append("no back")


def _seat(sketch: Sketch, main: PatternMaterial, x: float, z: float, y: Span) -> float:
    """Returns the share of the plan that a support may fill."""
    shape = sketch.choice("board", "board", "round", "cushion", "slats")
    if shape == "board":
        sketch.add(main, box((-x, x), y, (-z, z), taper=sketch.between(0.95, 1.05)))
    elif shape == "round":
        sketch.add(main, lathe([(0.9 * x, y[0]), (1.05 * x, y[0] + 0.01), (x, y[1])], round_to=z / x))
    elif shape == "cushion":
        middle = (0.0, sum(y) / 2, 0.0)
        sketch.add(
            main, box((-x, x), (y[0], sum(y) / 2), (-z, z)), ball(middle, (1.1 * x, 0.8 * (y[1] - y[0]), 1.1 * z))
        )
    else:
        _slats(sketch, main, x, z, y)
    return 0.72 if shape == "round" else 0.95


def _slats(sketch: Sketch, main: PatternMaterial, x: float, z: float, y: Span) -> None:
    """Boards along z with gaps."""
    count = sketch.whole(3, 5)
    pitch = 2 * x / count
    for index in range(count):
        start = index * pitch - x
        sketch.add(main, box((start, start + sketch.between(0.7, 0.8) * pitch), y, (-z, z)))
    sketch.features.append("slats")


def _back(sketch: Sketch, material: PatternMaterial, x: float, z: float, y: Span) -> None:
    """At -x, leaning back: a board, a rounded shell, rails, or bars in a frame."""
    lean, thick = -sketch.between(0, 0.14), sketch.between(0.02, 0.07)
    low, high = y
    kind = sketch.choice("board", "board", "shell", "rails", "bars", "raised")
    if kind == "board":
        sketch.add(material, box((-x, thick - x), y, (-z, z), taper=sketch.between(0.75, 1.05), lean=lean))
    elif kind == "shell":
        top, side = high, 0.6 * x
        sketch.add(material, box((-x, thick - x), (low, top), (-0.8 * z, 0.8 * z), lean=lean))
        wing = [(-x, low, 0.8 * z), (side - x, low, z), (side - x + lean, top - 0.05, z), (lean - x, top, 0.8 * z)]
        sketch.add(material, *with_mirrored(blade(wing, thick)))
    elif kind == "raised":
        gap = sketch.between(0.25, 0.5) * (high - low)
        sketch.add(material, box((-x, thick - x), (low + gap, high), (-0.95 * z, 0.95 * z), lean=lean))
        sketch.add(
            material,
            *with_mirrored(rod((-x + 0.02, low - 0.03, 0.6 * z), (-x + 0.02 + lean * 0.3, low + gap, 0.6 * z), 0.02)),
        )
    else:
        _frame(sketch, material, (lean, x, z), y, upright=kind == "bars")
    words = {"board": "solid", "shell": "curved", "raised": "raised", "rails": "railed", "bars": "barred"}
    height = "high " if high - low > 0.5 else "low " if high - low < 0.3 else ""
    sketch.features.append(f"a {height}{words[kind]} back")


def _frame(
    sketch: Sketch,
    material: PatternMaterial,
    plan: tuple[float, float, float],
    y: Span,
    upright: bool,
) -> None:
    """Two posts and a top rail, filled with bars or rails."""
    (lean, x, z), (low, high), thick = plan, y, sketch.between(0.018, 0.035)
    count = sketch.whole(2, 5)
    sketch.add(
        material,
        *with_mirrored(rod((thick - x, low - 0.04, z - thick), (thick - x + lean, high, z - thick), thick, sides=6)),
    )
    rails = [1.0] if upright else [(index + 1) / count for index in range(count)]
    for share in rails:
        at = (thick - x + lean * share, low + (high - low) * share)
        sketch.add(material, box((at[0] - thick, at[0] + thick), (at[1] - 0.06, at[1]), (-z, z)))
    for index in range(count if upright else 0):
        side = z * (2 * (index + 1) / (count + 1) - 1)
        sketch.add(material, rod((thick - x, low, side), (thick - x + lean, high - 0.03, side), 0.7 * thick, sides=6))


def _arms(sketch: Sketch, material: PatternMaterial, x: float, z: float, seat: float) -> None:
    height, thick = sketch.between(0.12, 0.25), sketch.between(0.025, 0.05)
    outside = (z - 0.01, z - 0.01 + 1.6 * thick)
    sketch.add(material, *with_mirrored(box((-x, 0.85 * x), (seat + height, seat + height + thick), outside)))
    if sketch.chance(0.3):
        sketch.add(material, *with_mirrored(box((-x, 0.8 * x), (seat - 0.03, seat + height), outside)))
    else:
        post = z + 0.3 * thick
        sketch.add(
            material, *with_mirrored(rod((0.6 * x, seat - 0.04, post), (0.6 * x, seat + height, post), 0.6 * thick))
        )
        sketch.add(
            material, *with_mirrored(rod((-0.8 * x, seat - 0.04, post), (-0.8 * x, seat + height, post), 0.6 * thick))
        )
    sketch.features.append("armrests")
