"""Sofas and armchairs: a block with cushions between arms, before a back. Backs stand at -x."""

from fieldlink.scenes.catalogue import supports
from fieldlink.scenes.catalogue.parts import Span, box, rod, with_mirrored
from fieldlink.scenes.catalogue.sketches import Sketch
from fieldlink.scenes.catalogue.supports import sorted_span

SEATS = ((), (), ("two seats",), ("three seats",), ("four seats",))  # worth saying, by their number


def sofa(sketch: Sketch) -> None:
    """Wide: love seats, three-seaters, corner sofas, day beds."""
    seats = sketch.whole(2, 4)
    _upholstered(sketch, seats * sketch.between(0.2, 0.27) + 0.1, seats, arms=sketch.chance(0.85))


def armchair(sketch: Sketch) -> None:
    """For one."""
    _upholstered(sketch, sketch.between(0.3, 0.45), seats=1, arms=True)


def _upholstered(sketch: Sketch, z: float, seats: int, arms: bool) -> None:
    """`z`: half of the whole width."""
    main, feet, cushion = sketch.main, sketch.material(), sketch.choice(sketch.main, sketch.material())
    x, legs = sketch.between(0.28, 0.45), sketch.choice(0.0, sketch.between(0.03, 0.2))
    seat, back = legs + sketch.between(0.16, 0.32), sketch.between(0.1, 0.22)
    thick, tall = sketch.between(0.06, 0.16) if arms else 0.0, sketch.between(0.2 if seats > 1 else 0.32, 0.5)
    if legs:
        supports.feet(sketch, feet, x, z, legs)
    sketch.add(main, box((-x, x), (legs, seat - 0.06), (-z, z)))
    sketch.add(main, box((-x, back - x), (legs, seat + tall), (-z, z), lean=-sketch.between(0, 0.1)))
    inner = 2 * (z - thick) / seats
    for index in range(seats):
        span = thick - z + index * inner + 0.008, thick - z + (index + 1) * inner - 0.008
        sketch.add(cushion, box((back - x, x + 0.02), (seat - 0.06, seat + 0.03), span))
        if tall > 0.3:
            rear = (back - x, back - x + 0.09)
            sketch.add(cushion, box(rear, (seat, seat + 0.85 * tall), span, taper=0.92, lean=-0.05))
    if arms:
        _arms(sketch, x, (legs, seat + sketch.between(0.05, 0.18)), (z - thick, z))
    if seats > 1 and sketch.chance(0.2):
        end = sorted_span(sketch.choice(-1, 1) * (z - inner - thick), inner + thick)
        sketch.add(main, box((x, x + 0.5), (legs, seat - 0.06), end))
        sketch.add(cushion, box((x, x + 0.5), (seat - 0.06, seat + 0.03), end))
        sketch.features.append("a corner")
    sketch.features += [*SEATS[seats], "armrests" if arms else "no armrests"]


def _arms(sketch: Sketch, x: float, y: Span, z: Span) -> None:
    """Blocks, some with a roll on top."""
    sketch.add(sketch.main, *with_mirrored(box((-x, x), y, z)))
    if sketch.chance(0.4):
        middle, radius = sum(z) / 2, 0.62 * (z[1] - z[0])
        sketch.add(sketch.main, *with_mirrored(rod((-x, y[1], middle), (x, y[1], middle), radius, sides=10)))
