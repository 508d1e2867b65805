"""Screens of displays and phones, on the front at +x."""

from fieldlink.scenes.catalogue.parts import Span, box
from fieldlink.scenes.catalogue.sketches import Sketch


def screen(sketch: Sketch, x: float, y: Span, z: Span) -> None:
    """A pane that can be told from its frame, with a few fields on it, or none."""
    sketch.add(sketch.material(unlike=sketch.main), box((x, x + 0.008), y, z))
    for _ in range(sketch.choice(0, 0, 1, 2)):
        low, left = sketch.between(0.1, 0.5), sketch.between(0.1, 0.5)
        part = y[0] + low * (y[1] - y[0]), y[0] + (low + sketch.between(0.2, 0.4)) * (y[1] - y[0])
        span = z[0] + left * (z[1] - z[0]), z[0] + (left + sketch.between(0.2, 0.4)) * (z[1] - z[0])
        sketch.add(sketch.material(), box((x, x + 0.012), part, span))
