"""Textures: pictures read from files, and sampled."""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float, Integer, UInt8
from PIL import Image

from fieldlink.core.errors import InputError
from fieldlink.scenes import pictures
from fieldlink.scenes.importers.mesh_files.companions import listed
from fieldlink.scenes.importers.mesh_files.mesh_parts import Texture

LARGEST_SIDE = 1024  # pixels; larger textures are shrunk to this longest side
MOST_TURNS = 1e6  # of a texture; texture coordinates beyond are cut, whole numbers hold no more


class TextureImages:
    """The pictures that one mesh names, each read once, and the reasons of those that can't be."""

    def __init__(self, *, profile: bool = True) -> None:
        """Without `profile` colours are sRGB whatever a picture's colour profile says."""
        self.profile = profile
        self.images: dict[tuple[str, bool], UInt8[np.ndarray, "height width 4"] | None] = {}
        self.lost: dict[str, str] = {}

    def image(
        self, name: str, read: Callable[[], bytes], opaque: bool = True
    ) -> UInt8[np.ndarray, "height width 4"] | None:
        """The picture of a name; None if it can't be read. `opaque`: its alpha doesn't count."""
        if (name, opaque) not in self.images:
            self.images[name, opaque] = self._image(name, read, opaque)
        return self.images[name, opaque]

    def lacks_coordinates(self, name: str, coordinates: str = "texture coordinates") -> None:
        """Note a picture that was read, for a part without the coordinates that would position it."""
        self.lost.setdefault(name, f"{name}: no {coordinates} for it")

    def notes(self) -> list[str]:
        """For the user: how many textures are missing, and why."""
        total = len({name for name, _ in self.images})
        return drawn_without("textures", len(self.lost), total, list(self.lost.values()))

    def _image(self, name: str, read: Callable[[], bytes], opaque: bool) -> UInt8[np.ndarray, "height width 4"] | None:
        try:
            data = read()
        except InputError as error:
            self.lost[name] = str(error)
            return None
        try:
            image = pictures.decode(data, "RGBA", upright=False, profile=self.profile)
            return shrunk(Image.fromarray(image), opaque)
        except InputError as error:
            self.lost[name] = f"{name}: {error}"
            return None


def drawn_without(kind: str, lost: int, total: int, reasons: Sequence[str]) -> list[str]:
    """A note for the user, if anything is lost."""
    if not lost:
        return []
    return [f"drawn without {lost} of {total} {kind}: {listed(list(dict.fromkeys(reasons)))}"]


def shrunk(image: Image.Image, opaque: bool) -> UInt8[np.ndarray, "height width 4"]:
    """RGBA, of at most `LARGEST_SIDE` pixels a side. `opaque`: alpha doesn't count."""
    image = image.convert("RGBA")
    if opaque:
        image.putalpha(255)  # before shrinking, which weights colours by alpha
    image.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.BOX)
    return np.asarray(image)


def sampled(texture: Texture, uv: Float[np.ndarray, "hit 2"]) -> Float[np.ndarray, "hit 4"]:
    """RGBA of a texture at places, 0 to 255."""
    height, width = texture.image.shape[:2]
    position = np.clip(np.nan_to_num(uv.astype(np.float64)), -MOST_TURNS, MOST_TURNS) * [width, height]
    if not texture.smooth:
        column, row = np.floor(position).astype(np.int64).T
        return _texels(texture, column, row)
    first = np.floor(position - 0.5).astype(np.int64)
    share = (position - 0.5 - first).astype(np.float32)[..., None]
    column, row = first.T
    upper, lower = (
        _texels(texture, column, row + down) * (1 - share[:, 0])
        + _texels(texture, column + 1, row + down) * share[:, 0]
        for down in (0, 1)
    )
    return upper * (1 - share[:, 1]) + lower * share[:, 1]


def _texels(
    texture: Texture, column: Integer[np.ndarray, " hit"], row: Integer[np.ndarray, " hit"]
) -> Float[np.ndarray, "hit 4"]:
    height, width = texture.image.shape[:2]
    column, row = _wrapped(column, width, texture.wrap[0]), _wrapped(row, height, texture.wrap[1])
    return texture.image[row, column].astype(np.float32)


def _wrapped(index: Integer[np.ndarray, " hit"], size: int, wrap: str) -> Integer[np.ndarray, " hit"]:
    if wrap == "clamp":
        return np.clip(index, 0, size - 1)
    if wrap == "mirror":
        return np.minimum(index % (2 * size), 2 * size - 1 - index % (2 * size))
    return index % size
