"""Cars: a body and a cabin along x (the bonnet at +x), wheels, windows, lights."""

from typing import NamedTuple

import numpy as np

from fieldlink.scenes.catalogue.parts import blade, box, hull, loft, rod, wheel, with_mirrored
from fieldlink.scenes.catalogue.sketches import Sketch


class CarShape(NamedTuple):
    """Ranges of a kind: cabin from x to x at the waist, how far the roof's ends draw in, heights over the ground."""

    words: str
    rear: tuple[float, float]
    front: tuple[float, float]
    rear_slope: tuple[float, float]
    front_slope: tuple[float, float]
    waist: tuple[float, float]
    roof: tuple[float, float]


SHAPES = (
    CarShape("a closed boot", (-0.38, -0.3), (0.15, 0.25), (0.08, 0.16), (0.12, 0.2), (0.17, 0.21), (0.3, 0.35)),
    CarShape("a hatchback", (-0.49, -0.46), (0.15, 0.27), (0.03, 0.15), (0.12, 0.2), (0.18, 0.23), (0.32, 0.38)),
    CarShape("a tall body", (-0.49, -0.47), (0.15, 0.28), (0.01, 0.05), (0.08, 0.14), (0.22, 0.27), (0.4, 0.46)),
    CarShape("a van body", (-0.5, -0.49), (0.36, 0.47), (0.0, 0.02), (0.08, 0.18), (0.23, 0.28), (0.42, 0.54)),
    CarShape("an open bed", (-0.1, -0.04), (0.22, 0.3), (0.0, 0.04), (0.08, 0.14), (0.23, 0.27), (0.38, 0.44)),
    CarShape("a low sporty body", (-0.38, -0.25), (0.08, 0.18), (0.12, 0.22), (0.14, 0.22), (0.14, 0.18), (0.24, 0.28)),
    CarShape("no roof", (-0.3, -0.2), (0.1, 0.2), (0.05, 0.1), (0.1, 0.16), (0.17, 0.21), (0.27, 0.3)),
)


def car(sketch: Sketch) -> None:
    """A body with glass, wheels and lights, of one of `SHAPES`."""
    main, glass = sketch.main, sketch.material()
    shape = sketch.choice(*SHAPES)
    half, waist, roof = sketch.between(0.18, 0.23), sketch.between(*shape.waist), sketch.between(*shape.roof)
    ground = sketch.between(0.05, 0.09)
    nose = waist - sketch.between(0.0, 0.05)
    body = [(-0.5, ground + 0.02, waist - 0.015, 0.93 * half), (-0.44, ground, waist, half), (0.2, ground, waist, half)]
    body += [(0.42, ground, nose, 0.96 * half), (0.5, ground + 0.02, nose - 0.04, 0.85 * half)]
    if shape.words == "an open bed":
        _bed(sketch, waist, half)
        body = [(x, low, high if x > 0 else min(high, ground + 0.09), wide) for x, low, high, wide in body]
        body.insert(2, (-0.1, ground, ground + 0.09, half))
        body.insert(3, (-0.09, ground, waist, half))
    sketch.add(main, hull(body))
    _cabin(sketch, shape, half, (waist, roof))
    _wheels(sketch, half)
    lights = sketch.material()
    sketch.add(lights, *with_mirrored(box((0.46, 0.505), (nose - 0.08, nose - 0.045), (0.55 * half, 0.85 * half))))
    sketch.add(
        sketch.material(), *with_mirrored(box((-0.505, -0.46), (waist - 0.08, waist - 0.035), (0.6 * half, 0.9 * half)))
    )
    sketch.add(glass, box((0.48, 0.515), (ground + 0.02, ground + 0.05), (-0.8 * half, 0.8 * half)))
    sketch.features.append(shape.words)


def _cabin(sketch: Sketch, shape: CarShape, half: float, y: tuple[float, float]) -> None:
    """Windows all around under a roof, with posts between."""
    waist, roof = y
    rear, front = sketch.between(*shape.rear), sketch.between(*shape.front)
    top = rear + sketch.between(*shape.rear_slope), front - sketch.between(*shape.front_slope)
    inner, upper, glass = 0.92 * half, 0.78 * half, sketch.material(unlike=sketch.main)
    if shape.words == "no roof":
        pane = [(front, waist, -inner), (front, waist, inner), (top[1], roof, upper), (top[1], roof, -upper)]
        sketch.add(glass, blade(pane, 0.012))
        for x in (-0.02, -0.15):
            sketch.add(
                glass, *with_mirrored(box((x, x + 0.04), (waist - 0.01, waist + 0.07), (0.15 * half, 0.75 * half)))
            )
        return
    base = [(rear, waist, -inner), (front, waist, -inner), (front, waist, inner), (rear, waist, inner)]
    under = [(top[0], roof, -upper), (top[1], roof, -upper), (top[1], roof, upper), (top[0], roof, upper)]
    sketch.add(glass, loft(np.array([base, under])))
    sketch.add(
        sketch.main,
        box((top[0] - 0.005, top[1] + 0.005), (roof - 0.015, roof + 0.005), (-upper - 0.008, upper + 0.008)),
    )
    posts = [(rear, top[0]), (front, top[1]), ((rear + front) / 2, (top[0] + top[1]) / 2)]
    for at, above in posts:
        sketch.add(sketch.main, *with_mirrored(rod((at, waist, inner), (above, roof, upper), 0.013, sides=4)))


def _bed(sketch: Sketch, waist: float, half: float) -> None:
    """The walls of a pickup's bed."""
    sketch.add(sketch.main, *with_mirrored(box((-0.5, -0.09), (0.1, waist), (half - 0.025, half))))
    sketch.add(sketch.main, box((-0.5, -0.47), (0.1, waist), (-half, half)))


def _wheels(sketch: Sketch, half: float) -> None:
    radius, tyre, rim = sketch.between(0.075, 0.11), sketch.material(), sketch.material()
    for x in (-sketch.between(0.28, 0.34), sketch.between(0.28, 0.35)):
        for side in (-1, 1):
            sketch.add(tyre, wheel((x, radius, side * (half - 0.025)), radius, 0.07))
            sketch.add(rim, wheel((x, radius, side * (half - 0.02)), 0.55 * radius, 0.075, sides=10))
