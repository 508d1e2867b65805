"""Watercraft: sailing boats, motor boats, ships, canoes. The bow is at +x, the water line at 0."""

from fieldlink.scenes.catalogue.parts import ball, blade, box, hull, rod, with_mirrored
from fieldlink.scenes.catalogue.sketches import Sketch
from fieldlink.scenes.catalogue.textures import PatternMaterial


def watercraft(sketch: Sketch) -> None:
    kind = sketch.choice(_sail, _sail, _motor, _motor, _ship, _ship, _cargo, _canoe, _warship)
    kind(sketch)


def _body(sketch: Sketch, half: float, deep: float, pointed: bool = False) -> float:
    """A hull half a unit to either end with a sunk deck of another colour. Returns the deck's height."""
    sheer, floor = sketch.between(0.0, 0.06), sketch.between(0.25, 0.6)
    stern = 0.1 if pointed else sketch.between(0.6, 0.95)
    shape = [
        (-0.5, stern, sheer / 2),
        (-0.3, 0.95 if not pointed else 0.7, 0.0),
        (0.0, 1.0, 0.0),
        (0.25, 0.85, sheer / 3),
        (0.4, 0.5, sheer),
        (0.52, 0.04, 1.5 * sheer),
    ]
    sketch.add(
        sketch.main, hull([(x, 0.6 * lift, deep + lift, wide * half) for x, wide, lift in shape], sides=8, floor=floor)
    )
    deck = sketch.material()
    inner = [(0.97 * x, deep - 0.02, deep + lift + 0.012, 0.86 * wide * half) for x, wide, lift in shape]
    sketch.add(deck, hull(inner))
    return deep


def _sail(sketch: Sketch) -> None:
    """One mast or two, a sail behind each, often one before."""
    deck = _body(sketch, sketch.between(0.1, 0.17), sketch.between(0.08, 0.14), pointed=sketch.chance(0.4))
    mast, sail = sketch.material(), sketch.material()
    single = sketch.chance(0.67)
    for at in (0.1,) if single else (0.2, -0.2):
        tall = deck + (sketch.between(0.6, 1.1) if single else sketch.between(0.5, 0.8))
        boom, belly, foot = sketch.between(0.25, 0.42) if single else 0.27, sketch.between(0.0, 0.08), deck + 0.08
        sketch.add(mast, rod((at, deck, 0), (at, tall, 0), 0.014), rod((at, foot, 0), (at - boom, foot, belly), 0.012))
        rear, top = at - 0.01, tall - 0.03
        sketch.add(sail, blade([(rear, foot, 0), (at - boom, foot, belly), (at - 0.03, top, 0), (rear, top, 0)], 0.014))
    if sketch.chance(0.7):
        at, top = (0.1 if single else 0.2), deck + 0.5
        fore = [(0.5, deck + 0.04, 0), (at + 0.03, deck + 0.08, 0.05), (at, top, 0), (at + 0.01, top, 0)]
        sketch.add(sketch.choice(sail, sketch.material()), blade(fore, 0.014))
    if sketch.chance(0.5):
        sketch.add(sketch.material(), box((-0.25, 0.05), (deck, deck + 0.06), (-0.06, 0.06), taper=0.85))
    sketch.adjectives.append("sailing")
    sketch.features += ["one mast" if single else "two masts", "sails"]


def _motor(sketch: Sketch) -> None:
    half, deep = sketch.between(0.13, 0.21), sketch.between(0.1, 0.18)
    deck = _body(sketch, half, deep)
    house, glass = sketch.material(), sketch.material()
    rear, front, tall = -sketch.between(0.1, 0.35), sketch.between(0.05, 0.25), sketch.between(0.08, 0.18)
    sketch.add(house, box((rear, front), (deck, deck + tall), (-0.7 * half, 0.7 * half), taper=0.8, lean=-0.04))
    sketch.add(
        glass,
        box(
            (rear + 0.03, front - 0.02), (deck + 0.45 * tall, deck + 0.8 * tall), (-0.68 * half, 0.68 * half), taper=0.9
        ),
    )
    if sketch.chance(0.5):
        sketch.add(
            house, box((rear, front - 0.12), (deck + tall, deck + 1.6 * tall), (-0.5 * half, 0.5 * half), taper=0.75)
        )
        sketch.features.append("a flying bridge")
    if sketch.chance(0.4):
        sketch.add(glass, box((-0.58, -0.5), (0.03, deck + 0.08), (-0.05, 0.05)))
        sketch.features.append("an outboard engine")
    sketch.features.append("a cabin")


def _ship(sketch: Sketch) -> None:
    """A passenger ship or ferry: decks on decks, funnels."""
    half, deep = sketch.between(0.08, 0.14), sketch.between(0.08, 0.14)
    deck = _body(sketch, half, deep)
    house, funnel = sketch.material(), sketch.material()
    rear, front, y = -sketch.between(0.3, 0.42), sketch.between(0.1, 0.3), deck
    for _ in range(sketch.whole(1, 3)):
        rise = sketch.between(0.05, 0.09)
        sketch.add(house, box((rear, front), (y, y + rise), (-0.8 * half, 0.8 * half)))
        rear, front, y = rear + sketch.between(0.02, 0.08), front - sketch.between(0.03, 0.12), y + rise
        house = sketch.choice(house, house, sketch.material())
    count = sketch.whole(1, 3)
    for index in range(count):
        x = rear + (front - rear) * (index + 0.5) / count
        sketch.add(
            funnel, rod((x, y - 0.01, 0), (x - 0.02, y + sketch.between(0.08, 0.17), 0), sketch.between(0.025, 0.04))
        )
    if sketch.chance(0.6):
        sketch.add(funnel, rod((0.38, deck, 0), (0.38, deck + sketch.between(0.15, 0.35), 0), 0.012))
    sketch.features.append(["a funnel", "two funnels", "three funnels"][count - 1])


def _cargo(sketch: Sketch) -> None:
    """Stacked containers before a bridge at the stern."""
    half, deep = sketch.between(0.08, 0.12), sketch.between(0.09, 0.14)
    deck = _body(sketch, half, deep)
    sketch.add(
        sketch.material(), box((-0.42, -0.32), (deck, deck + sketch.between(0.14, 0.24)), (-0.8 * half, 0.8 * half))
    )
    stacks = sketch.whole(3, 6)
    pitch = 0.6 / stacks
    for index in range(stacks):
        x, rise = -0.28 + index * pitch, sketch.between(0.03, 0.12)
        sketch.add(sketch.material(), box((x, x + 0.88 * pitch), (deck, deck + rise), (-0.8 * half, 0.8 * half)))
    sketch.features.append("containers")


def _canoe(sketch: Sketch) -> None:
    """Slim, open, pointed at both ends, perhaps with a paddle, benches or an outrigger."""
    half, deep = sketch.between(0.06, 0.11), sketch.between(0.07, 0.12)
    deck = _body(sketch, half, deep, pointed=True)
    wood = sketch.material()
    for x in (-0.2, 0.0, 0.18):
        sketch.add(wood, box((x, x + 0.04), (deck, deck + 0.025), (-0.9 * half, 0.9 * half)))
    if sketch.chance(0.7):
        sketch.add(wood, *with_mirrored(rod((0.05, deck + 0.03, 0.3 * half), (-0.1, deck - 0.03, 0.3), 0.014)))
        sketch.features.append("oars")
    if sketch.chance(0.25):
        _outrigger(sketch, wood, deck)
    sketch.features.append("pointed ends")


def _outrigger(sketch: Sketch, wood: PatternMaterial, deck: float) -> None:
    sketch.add(wood, rod((-0.3, 0.03, 0.25), (0.3, 0.03, 0.25), 0.025))
    for x in (-0.15, 0.15):
        sketch.add(wood, rod((x, deck, 0), (x, 0.04, 0.25), 0.013))
    sketch.features.append("an outrigger")


def _warship(sketch: Sketch) -> None:
    half, deep = sketch.between(0.06, 0.1), sketch.between(0.06, 0.1)
    deck = _body(sketch, half, deep)
    grey, gun = sketch.choice(sketch.main, sketch.material()), sketch.material()
    tall = sketch.between(0.08, 0.16)
    sketch.add(grey, box((-0.2, 0.12), (deck, deck + 0.06), (-0.75 * half, 0.75 * half), taper=0.9))
    sketch.add(grey, box((-0.02, 0.1), (deck + 0.06, deck + 0.06 + tall), (-0.5 * half, 0.5 * half), taper=0.7))
    sketch.add(gun, rod((0.04, deck, 0), (0.04, deck + 0.1 + 2 * tall, 0), 0.012))
    for x, way in ((0.27, 1), (-0.32, -1)):
        sketch.add(gun, ball((x, deck + 0.02, 0), (0.05, 0.035, 0.04), sides=8))
        sketch.add(gun, rod((x, deck + 0.035, 0), (x + 0.16 * way, deck + 0.06, 0), 0.013))
    sketch.features.append("gun turrets")
