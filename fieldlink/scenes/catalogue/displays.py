"""Displays: flat screens on a foot, two feet, or none; tubes with a deep back; pillars. The picture faces +x."""

from typing import NamedTuple

from fieldlink.scenes.catalogue.parts import Solid, Span, ball, blade, box, lathe, rod, with_mirrored
from fieldlink.scenes.catalogue.screens import screen
from fieldlink.scenes.catalogue.sketches import Sketch
from fieldlink.scenes.catalogue.textures import PatternMaterial


class DisplayKind(NamedTuple):
    """Ranges: height over width, height of the lower edge over the floor, half thickness."""

    words: str
    aspect: Span
    lift: Span
    thick: Span


KINDS = (
    DisplayKind("a foot", (0.5, 0.65), (0.08, 0.25), (0.02, 0.06)),
    DisplayKind("a foot", (0.65, 0.9), (0.08, 0.25), (0.02, 0.06)),
    DisplayKind("a foot", (1.1, 1.5), (0.08, 0.2), (0.02, 0.05)),
    DisplayKind("two feet", (0.5, 0.65), (0.06, 0.1), (0.02, 0.06)),
    DisplayKind("no stand", (0.48, 0.6), (0.0, 0.0), (0.03, 0.07)),
    DisplayKind("a deep back", (0.65, 0.9), (0.0, 0.0), (0.04, 0.12)),
    DisplayKind("a deep back", (0.65, 0.9), (0.08, 0.14), (0.04, 0.12)),
    DisplayKind("a tall stand", (0.55, 1.4), (0.4, 0.8), (0.02, 0.06)),
)


def display(sketch: Sketch) -> None:
    """A screen in its frame on a stand, of one of `KINDS`."""
    kind, stand = sketch.choice(*KINDS), sketch.material()
    z, bezel, thick = sketch.between(0.32, 0.6), sketch.between(0.02, 0.07), sketch.between(*kind.thick)
    low = sketch.between(*kind.lift)
    high = low + 2 * z * sketch.between(*kind.aspect)
    sketch.add(sketch.main, box((-thick, thick), (low, high), (-z, z)))
    controls = sketch.choice(0.0, sketch.between(0.05, 0.12))
    screen(sketch, thick, (low + bezel + controls, high - bezel), (bezel - z, z - bezel))
    for side in (0.5 * z, 0.75 * z) if controls else ():
        sketch.add(stand, ball((thick, low + bezel + 0.4 * controls, side), (0.025, 0.02, 0.02), sides=6))
    if kind.words == "a deep back":
        _tube(sketch, (-thick - sketch.between(0.4, 0.9) * z, -thick), (low, high), z)
    _stand(sketch, stand, kind.words, z, low)
    sketch.features += [kind.words, "a thick frame" if bezel > 0.045 else "a thin frame"]


def _tube(sketch: Sketch, x: Span, y: Span, z: float) -> None:
    """A back that narrows to the rear, sometimes with an aerial."""
    sketch.add(sketch.main, _shrinking(x, y, z, sketch.between(0.45, 0.8)))
    if sketch.chance(0.4):
        foot, reach = (sum(x) / 2, y[1] - 0.05, 0.04), sketch.between(0.2, 0.4)
        sketch.add(sketch.material(), *with_mirrored(rod(foot, (foot[0], y[1] + 0.3, reach), 0.014)))
        sketch.features.append("an aerial")


def _shrinking(x: Span, y: Span, z: float, share: float) -> Solid:
    """A box whose rear is `share` as large as its front: one that tapers upwards, laid on its back."""
    middle, half = sum(y) / 2, (y[1] - y[0]) / 2
    vertices, faces = box((-half, half), (0, x[1] - x[0]), (-z, z), taper=share)
    return vertices[:, [1, 0, 2]] * [-1, 1, 1] + [x[1], middle, 0], faces


def _stand(sketch: Sketch, stand: PatternMaterial, words: str, z: float, low: float) -> None:
    reach, neck, wide = sketch.between(0.12, 0.22), sketch.between(0.02, 0.08), z * sketch.between(0.3, 0.7)
    if words == "two feet":
        foot = [(-reach, 0, 0.6 * z), (reach, 0, 0.6 * z), (0.02, low + 0.02, 0.6 * z), (-0.02, low + 0.02, 0.6 * z)]
        sketch.add(stand, *with_mirrored(blade(foot, 0.03)))
    elif low > 0:
        sketch.add(stand, box((-0.06, -0.02), (0.01, low + 0.1), (-neck, neck)))
        plate = lathe([(reach, 0.0), (0.8 * reach, 0.03)], round_to=wide / reach)
        sketch.add(stand, sketch.choice(plate, box((-reach, reach), (0, 0.025), (-wide, wide))))
