"""Guns along x, the muzzle at +x: hunting and assault rifles, machine guns, shotguns, pistols."""

from fieldlink.scenes.catalogue.parts import blade, box, hull, rod, with_mirrored
from fieldlink.scenes.catalogue.sketches import Sketch
from fieldlink.scenes.catalogue.textures import PatternMaterial


def rifle(sketch: Sketch) -> None:
    kind = sketch.choice(_hunting, _hunting, _assault, _assault, _assault, _bullpup, _machine_gun, _pistol)
    kind(sketch, sketch.material())


def _barrel(sketch: Sketch, metal: PatternMaterial, start: float, end: float, y: float) -> None:
    radius = sketch.between(0.011, 0.02)
    sketch.add(metal, rod((start, y, 0), (end, y, 0), radius))
    if sketch.chance(0.5):
        sketch.add(metal, rod((end - 0.09, y, 0), (end + 0.03, y, 0), 1.6 * radius))
    if sketch.chance(0.5):
        sketch.add(metal, box((end - 0.05, end - 0.03), (y, y + 0.05), (-0.008, 0.008)))


def _scope(sketch: Sketch, metal: PatternMaterial, x: float, y: float) -> None:
    length = sketch.between(0.12, 0.22)
    sketch.add(
        metal,
        rod((x - length, y + 0.045, 0), (x + length, y + 0.045, 0), 0.018),
        box((x - 0.05, x + 0.05), (y, y + 0.04), (-0.01, 0.01)),
    )
    sketch.add(metal, rod((x + 0.7 * length, y + 0.045, 0), (x + length, y + 0.045, 0), 0.03))
    sketch.features.append("a scope")


def _grip(sketch: Sketch, paint: PatternMaterial, x: float, y: float, length: float) -> None:
    sketch.add(paint, blade([(x, y, 0), (x - 0.06, y, 0), (x - 0.11, y - length, 0), (x - 0.05, y - length, 0)], 0.05))


def _hunting(sketch: Sketch, metal: PatternMaterial) -> None:
    """A stock of one piece under a long barrel."""
    drop, thick, butt = sketch.between(0.04, 0.12), sketch.between(0.018, 0.028), sketch.between(0.1, 0.16)
    stock = [
        (-0.5, -drop - butt, -drop + 0.02, thick),
        (-0.22, -0.09, -0.01, thick),
        (-0.1, -0.06, 0.01, thick),
        (sketch.between(0.1, 0.35), -0.035, 0.01, 0.8 * thick),
    ]
    sketch.add(sketch.main, hull(stock))
    _barrel(sketch, metal, -0.1, sketch.between(0.4, 0.65), 0.02)
    sketch.add(metal, box((-0.15, 0.05), (-0.01, 0.045), (-0.02, 0.02)))
    if sketch.chance(0.5):
        _scope(sketch, metal, -0.05, 0.05)
    sketch.add(
        metal, rod((-0.1, 0.02, 0), (-0.11, -0.01, 0.06), 0.012), box((-0.14, -0.05), (-0.085, -0.075), (-0.008, 0.008))
    )
    sketch.features += ["a long barrel", "a wide stock"]


def _assault(sketch: Sketch, metal: PatternMaterial) -> None:
    """A receiver with grip, magazine, hand guard and a stock that may fold away."""
    tall, thick = sketch.between(0.07, 0.11), sketch.between(0.018, 0.03)
    rear, front = -sketch.between(0.12, 0.2), sketch.between(0.1, 0.2)
    sketch.add(sketch.main, box((rear, front), (-tall, 0), (-thick, thick)))
    guard = front + sketch.between(0.12, 0.25)
    sketch.add(
        sketch.choice(metal, sketch.main),
        hull([(front, -0.75 * tall, -0.005, 0.9 * thick), (guard, -0.6 * tall, -0.01, 0.7 * thick)]),
    )
    _barrel(sketch, metal, guard - 0.02, guard + sketch.between(0.08, 0.3), -0.35 * tall)
    _grip(sketch, metal, rear + 0.07, -0.9 * tall, sketch.between(0.1, 0.15))
    _magazine(sketch, metal, front - sketch.between(0.04, 0.1), -0.9 * tall)
    if sketch.chance(0.85):
        end, butt = rear - sketch.between(0.18, 0.32), sketch.between(0.09, 0.15)
        stock = [
            (end, -butt - 0.03, -0.01, thick),
            (end + 0.08, -butt, -0.01, thick),
            (rear, -0.7 * tall, -0.015, 0.8 * thick),
        ]
        sketch.add(sketch.choice(metal, sketch.main), hull(stock))
        sketch.features.append("a stock")
    if sketch.chance(0.5):
        _scope(sketch, metal, 0.0, 0.0)
    else:
        sketch.add(metal, box((rear + 0.05, front), (0, 0.025), (-0.01, 0.01)))


def _magazine(sketch: Sketch, metal: PatternMaterial, x: float, y: float) -> None:
    length, wide, curve = (
        sketch.between(0.08, 0.24),
        sketch.between(0.05, 0.08),
        sketch.choice(0.0, sketch.between(0.03, 0.09)),
    )
    middle = x + 0.35 * curve
    sketch.add(
        metal,
        blade([(x, y, 0), (x - wide, y, 0), (middle - wide, y - length / 2, 0), (middle, y - length / 2, 0)], 0.032),
    )
    end = [
        (middle, y - length / 2, 0),
        (middle - wide, y - length / 2, 0),
        (x + curve - wide, y - length, 0),
        (x + curve, y - length, 0),
    ]
    sketch.add(metal, blade(end, 0.032))
    sketch.features.append("a curved magazine" if curve else "a straight magazine")


def _bullpup(sketch: Sketch, metal: PatternMaterial) -> None:
    """The magazine behind the grip, everything in one shell."""
    thick, tall = sketch.between(0.02, 0.035), sketch.between(0.1, 0.14)
    shell = [
        (-0.4, -1.5 * tall, 0.0, thick),
        (-0.25, -1.2 * tall, 0.01, thick),
        (-0.05, -tall, 0.02, thick),
        (0.2, -0.8 * tall, 0.0, 0.8 * thick),
    ]
    sketch.add(sketch.main, hull(shell))
    _barrel(sketch, metal, 0.18, sketch.between(0.3, 0.45), -0.4 * tall)
    _grip(sketch, metal, 0.02, -0.9 * tall, 0.12)
    _magazine(sketch, metal, -0.15, -tall)
    sketch.add(
        metal,
        box((-0.15, 0.1), (0.05, 0.075), (-0.012, 0.012)),
        box((-0.12, -0.1), (0, 0.06), (-0.01, 0.01)),
        box((0.06, 0.08), (0, 0.06), (-0.01, 0.01)),
    )
    sketch.features.append("a carrying handle")


def _machine_gun(sketch: Sketch, metal: PatternMaterial) -> None:
    """Heavy, on two legs, with a drum or a box."""
    sketch.add(sketch.main, box((-0.2, 0.15), (-0.09, 0.02), (-0.035, 0.035)))
    sketch.add(
        metal,
        rod((0.15, -0.03, 0), (0.4, -0.03, 0), 0.035),
        rod((0.4, -0.03, 0), (sketch.between(0.5, 0.65), -0.03, 0), 0.018),
    )
    sketch.add(sketch.main, hull([(-0.48, -0.15, 0.0, 0.03), (-0.2, -0.08, 0.0, 0.025)]))
    _grip(sketch, metal, -0.1, -0.08, 0.12)
    sketch.add(
        metal,
        *with_mirrored(
            rod((0.38, -0.05, 0.01), (sketch.between(0.38, 0.46), -0.25, sketch.between(0.08, 0.14)), 0.013)
        ),
    )
    drum = rod((0.05, -0.14, -0.06), (0.05, -0.14, 0.06), sketch.between(0.06, 0.09), sides=12)
    sketch.add(metal, sketch.choice(drum, box((0.0, 0.12), (-0.22, -0.08), (-0.05, 0.05))))
    sketch.features.append("two legs under the barrel")


def _pistol(sketch: Sketch, metal: PatternMaterial) -> None:
    """Short: a slide over a grip, sometimes with a long silencer."""
    tall, front, thick = sketch.between(0.07, 0.1), sketch.between(0.25, 0.4), sketch.between(0.025, 0.035)
    sketch.add(sketch.main, box((-0.15, front), (-tall, 0), (-thick, thick)))
    _grip(sketch, metal, -0.03, -0.9 * tall, sketch.between(0.2, 0.28))
    sketch.add(
        metal,
        box((0.02, 0.12), (-tall - 0.07, -tall - 0.05), (-0.01, 0.01)),
        box((0.1, 0.12), (-tall - 0.07, -tall), (-0.01, 0.01)),
    )
    if sketch.chance(0.5):
        sketch.add(metal, rod((front, -tall / 2, 0), (front + sketch.between(0.1, 0.3), -tall / 2, 0), 0.025))
    sketch.adjectives.append("short")
    sketch.features.append("a thick grip")
