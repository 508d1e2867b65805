"""What a reader makes of a mesh file: parts with their looks, in the file's own coordinates.

`uv` has its origin at the texture's upper left corner, v points down (as in glTF). Other readers turn v over.
"""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Integer, UInt8

MOST_FACES = 5_000_000  # of a file
GREY = 0.6  # of a part without any colour
OPAQUE, BLENDED = -1.0, float("nan")  # values of `MeshPart.cutoff` beside a mask's
WHITE = (1.0, 1.0, 1.0, 1.0)
BEYOND = 1.5  # a file's colours with a greater value end at 255, others at 1


@dataclass(frozen=True)
class Texture:
    """A picture and how it goes on beyond its borders: `repeat`, `clamp` or `mirror`, along u and along v."""

    image: UInt8[np.ndarray, "height width 4"]
    wrap: tuple[str, str] = ("repeat", "repeat")
    smooth: bool = True  # bilinear between texels; False: the nearest texel


@dataclass(frozen=True)
class Layer:
    """A colour (RGBA) times a texture, if there is one."""

    factor: tuple[float, float, float, float]
    texture: Texture | None = None
    uv: Float[np.ndarray, "vertex 2"] | None = None


@dataclass(frozen=True)
class MeshPart:
    """Triangles of one material."""

    vertices: Float[np.ndarray, "vertex 3"]  # float64
    faces: Integer[np.ndarray, "face 3"]
    base: Layer
    colours: Float[np.ndarray, "vertex 4"] | None = None  # multiply `base`
    emission: Layer | None = None  # is added to it
    cutoff: float = OPAQUE  # less alpha is a hole (a mask); BLENDED: alpha is a share


@dataclass(frozen=True)
class MeshFile:
    """All parts of a file."""

    parts: list[MeshPart]
    up: str = "y"  # the axis that the file says points up: x, y or z
    linear: bool = False  # colours are linear light, textures sRGB (glTF); otherwise all are display values
    notes: list[str] = field(default_factory=list)  # what was drawn without, for the user


def with_corner_colours(
    vertices: Float[np.ndarray, "vertex 3"],
    faces: Integer[np.ndarray, "face 3"],
    colours: Float[np.ndarray, "face 4"],
) -> MeshPart:
    """A part whose faces have colours of their own: no face shares a vertex."""
    corners = np.arange(3 * len(faces)).reshape(-1, 3)
    return MeshPart(vertices[faces].reshape(-1, 3), corners, Layer(WHITE), np.repeat(colours, 3, axis=0))


def display_values(colours: Float[np.ndarray, "*any"]) -> Float[np.ndarray, "*any"]:
    """All colours of a file in [0, 1]: divided by 255 if any is beyond 1 by more than rounding. NaN if not finite."""
    finite = np.isfinite(colours)
    highest = colours[finite].max(initial=0)
    return np.where(finite, np.clip(colours / 255 if highest > BEYOND else colours, 0, 1), np.nan)


def rgba(colours: Float[np.ndarray, "row channel"]) -> Float[np.ndarray, "row 4"]:
    """RGB or RGBA as RGBA."""
    opaque = np.ones((len(colours), 1), colours.dtype)
    return np.concatenate([colours[:, :3], colours[:, 3:4] if colours.shape[1] > 3 else opaque], axis=1)
