"""Airplanes: airliners, propeller planes, fighters, biplanes, gliders. The nose is at +x."""

import numpy as np

from fieldlink.scenes.catalogue.parts import Solid, Span, ball, blade, box, hull, rod, with_mirrored
from fieldlink.scenes.catalogue.sketches import Sketch
from fieldlink.scenes.catalogue.textures import PatternMaterial


def airplane(sketch: Sketch) -> None:
    kind = sketch.choice(_airliner, _airliner, _airliner, _propeller, _propeller, _fighter, _fighter, _biplane, _glider)
    kind(sketch)


def _fuselage(radius: float, nose: float, tail: float, droop: float = 0.6) -> Solid:
    """Round, from a blunt nose to a tail that rises."""
    shape = [
        (nose, 0.1),
        (nose - 0.03, 0.45),
        (nose - 0.09, 0.8),
        (nose - 0.18, 1.0),
        (0.4 * tail, 1.0),
        (0.75 * tail, 0.65),
        (tail, 0.15),
    ]
    lift = {0.65: droop * 0.35 * radius, 0.15: droop * 0.8 * radius}
    return hull([(x, lift.get(s, 0) - s * radius, lift.get(s, 0) + s * radius, s * radius) for x, s in shape], sides=12)


def _wing(root: Span, span: float, sweep: float, tip: float, y: float) -> list[Solid]:
    """Both wings: root chord from x to x, half span, how far the tip lies back, its chord as a share of the root's."""
    (back, front), rise = root, 0.07 * span
    end = front - sweep
    outline = [(front, y, 0), (back, y, 0), (end - tip * (front - back), y + rise, span), (end, y + rise, span)]
    return with_mirrored(blade(outline, 0.022))


def _fin(tail: float, height: float, chord: float, y: float = 0.0, z: float = 0.0) -> Solid:
    lean = 0.6 * height
    return blade(
        [
            (tail + chord, y, z),
            (tail, y, z),
            (tail - 0.3 * lean, y + height, z),
            (tail + 0.55 * chord - lean, y + height, z),
        ],
        0.022,
    )


def _windows(sketch: Sketch, radius: float, nose: float) -> None:
    """A cockpit, and sometimes a line along the sides."""
    glass = sketch.material()
    sketch.add(glass, ball((nose - 0.12, 0.55 * radius, 0), (0.07, 0.5 * radius, 0.65 * radius), sides=8))
    if sketch.chance(0.5):
        sketch.add(glass, box((-0.25, nose - 0.2), (0.15 * radius, 0.4 * radius), (-1.01 * radius, 1.01 * radius)))


def _airliner(sketch: Sketch) -> None:
    radius, nose, tail = sketch.between(0.04, 0.085), sketch.between(0.42, 0.55), -sketch.between(0.42, 0.55)
    wing, engine = sketch.choice(sketch.main, sketch.material()), sketch.material()
    span, sweep, chord = sketch.between(0.38, 0.6), sketch.between(0.08, 0.34), sketch.between(0.14, 0.24)
    y = sketch.choice(-0.5, -0.5, 0.8) * radius
    sketch.add(sketch.main, _fuselage(radius, nose, tail))
    sketch.add(
        wing,
        *_wing((0.05 - chord / 2, 0.05 + chord / 2), span, sweep, sketch.between(0.25, 0.6), y),
    )
    high = sketch.chance(0.25)
    fin = sketch.between(0.13, 0.22)
    sketch.add(wing, _fin(tail, fin, sketch.between(0.1, 0.16), 0.3 * radius))
    sketch.add(wing, *_wing((tail, tail + 0.1), sketch.between(0.13, 0.22), 0.08, 0.6, fin if high else 0.4 * radius))
    _windows(sketch, radius, nose)
    count = sketch.choice(1, 1, 2, 0)
    for index in range(count):
        z, size = span * (0.33 + 0.3 * index), sketch.between(0.025, 0.04)
        x = 0.09 - sweep * z / span
        sketch.add(engine, *with_mirrored(rod((x - 0.05, y - 0.04, z), (x + 0.09, y - 0.04, z), 0.8 * size, size)))
    if not count:
        x = tail + 0.16
        sketch.add(
            engine,
            *with_mirrored(
                rod((x - 0.07, 0.5 * radius, 1.5 * radius), (x + 0.08, 0.5 * radius, 1.5 * radius), 0.03, 0.038)
            ),
        )
    sketch.features += [
        ["engines at the tail", "two engines", "four engines"][count],
        "swept wings" if sweep > 0.2 else "straight wings",
    ]


def _propeller(sketch: Sketch) -> None:
    radius, nose, tail = sketch.between(0.055, 0.1), sketch.between(0.3, 0.42), -sketch.between(0.4, 0.5)
    wing, blades = sketch.choice(sketch.main, sketch.material()), sketch.material()
    span, chord, high = sketch.between(0.42, 0.62), sketch.between(0.13, 0.22), sketch.chance(0.5)
    y = (0.95 if high else -0.6) * radius
    sketch.add(sketch.main, _fuselage(radius, nose, tail))
    sketch.add(
        wing,
        *_wing((0.08 - chord / 2, 0.08 + chord / 2), span, sketch.between(0, 0.06), sketch.between(0.5, 1.0), y),
    )
    sketch.add(wing, _fin(tail, sketch.between(0.11, 0.18), 0.1, 0.2 * radius))
    sketch.add(wing, *_wing((tail, tail + 0.1), sketch.between(0.14, 0.22), 0.03, 0.7, 0.3 * radius))
    _windows(sketch, radius, nose)
    if sketch.chance(0.35):
        for z in (-0.4 * span, 0.4 * span):
            sketch.add(sketch.main, rod((0, y, z), (0.2, y, z), 0.04))
            _airscrew(sketch, (0.21, y, z), 0.11, blades)
        sketch.features.append("two propellers")
    else:
        _airscrew(sketch, (nose + 0.01, 0.0, 0.0), sketch.between(0.1, 0.16), blades)
        sketch.features.append("a propeller")
    if sketch.chance(0.6):
        sketch.add(
            blades,
            *with_mirrored(
                ball((0.12, -radius - 0.08, 0.1), (0.035, 0.035, 0.02), sides=8),
                rod((0.12, -radius - 0.07, 0.1), (0.12, 0, 0.03), 0.012),
            ),
        )
    sketch.features.append("high wings" if high else "low wings")


def _airscrew(sketch: Sketch, hub: tuple[float, float, float], radius: float, paint: PatternMaterial) -> None:
    turn, (x, y, z) = sketch.between(0, np.pi), hub
    ends = radius * np.cos(turn), radius * np.sin(turn)
    sketch.add(paint, rod((x, y - ends[0], z - ends[1]), (x, y + ends[0], z + ends[1]), 0.016, sides=4))
    sketch.add(paint, ball(hub, (0.03, 0.022, 0.022), sides=6))


def _fighter(sketch: Sketch) -> None:
    """A pointed body with delta wings."""
    radius, tail = sketch.between(0.045, 0.075), -sketch.between(0.35, 0.45)
    wing = sketch.choice(sketch.main, sketch.material())
    span, chord = sketch.between(0.25, 0.42), sketch.between(0.3, 0.5)
    nose = sketch.between(0.45, 0.6)
    shape = [(nose, 0.05), (nose - 0.2, 0.6), (0.1, 1.0), (tail, 0.8)]
    sketch.add(
        sketch.main,
        hull([(x, -s * radius, s * radius, s * radius * sketch.between(1, 1.6)) for x, s in shape], sides=8),
    )
    sketch.add(
        wing,
        *_wing(
            (tail + 0.03, tail + 0.03 + chord), span, chord * sketch.between(0.5, 0.95), sketch.between(0.1, 0.4), 0.0
        ),
    )
    if sketch.chance(0.5):
        for z in (-0.08, 0.08):
            sketch.add(wing, _fin(tail, sketch.between(0.12, 0.17), 0.13, 0.0, z))
        sketch.features.append("two fins")
    else:
        sketch.add(wing, _fin(tail, sketch.between(0.14, 0.2), 0.17))
    if sketch.chance(0.7):
        sketch.add(wing, *_wing((tail - 0.06, tail + 0.07), 0.2, 0.1, 0.4, 0.0))
    sketch.add(sketch.material(), ball((nose - 0.26, 0.7 * radius, 0), (0.1, 0.04, 0.03), sides=8))
    if sketch.chance(0.5):
        sketch.add(sketch.material(), *with_mirrored(rod((-0.1, -0.04, 0.6 * span), (0.1, -0.04, 0.6 * span), 0.016)))
        sketch.features.append("missiles")
    sketch.adjectives.append("fighter")
    sketch.features.append("delta wings")


def _biplane(sketch: Sketch) -> None:
    radius, tail, gap = sketch.between(0.05, 0.08), -sketch.between(0.35, 0.45), sketch.between(0.13, 0.2)
    wing, struts = sketch.material(), sketch.material()
    span, chord = sketch.between(0.35, 0.5), sketch.between(0.13, 0.18)
    sketch.add(sketch.main, _fuselage(radius, 0.3, tail))
    for y in (-radius, gap):
        sketch.add(wing, *_wing((0.05, 0.05 + chord), span, 0.0, 1.0, y))
    for z in (0.3 * span, 0.8 * span):
        sketch.add(
            struts,
            *with_mirrored(
                rod((0.06, -radius, z), (0.06, gap, z), 0.012),
                rod((0.02 + chord, -radius, z), (0.02 + chord, gap, z), 0.012),
            ),
        )
    sketch.add(wing, _fin(tail, 0.13, 0.1, 0.2 * radius), *_wing((tail, tail + 0.1), 0.16, 0.02, 0.8, 0.2 * radius))
    _airscrew(sketch, (0.31, 0.0, 0.0), 0.13, struts)
    sketch.add(
        struts,
        *with_mirrored(
            ball((0.15, -0.2, 0.1), (0.045, 0.045, 0.02), sides=8), rod((0.15, -0.19, 0.1), (0.13, 0, 0.02), 0.012)
        ),
    )
    sketch.features.append("two pairs of wings")


def _glider(sketch: Sketch) -> None:
    radius, tail = sketch.between(0.035, 0.055), -sketch.between(0.35, 0.45)
    sketch.add(sketch.main, _fuselage(radius, 0.3, tail, droop=0.2))
    wing = sketch.material()
    sketch.add(wing, *_wing((0.0, sketch.between(0.09, 0.14)), sketch.between(0.6, 0.75), 0.04, 0.5, 0.7 * radius))
    sketch.add(wing, _fin(tail, 0.13, 0.09), *_wing((tail, tail + 0.07), 0.15, 0.03, 0.7, 0.12))
    _windows(sketch, radius, 0.3)
    sketch.features.append("very long wings")
