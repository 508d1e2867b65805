"""Pictures encoded, decoded and composited."""

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

from fieldlink.core.errors import InputError
from fieldlink.scenes import picture_formats

GREY = 128


def encode(picture: UInt8[np.ndarray, "height width channel"]) -> bytes:
    """PNG of an RGB or RGBA picture."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "png", compress_level=1)
    return stream.getvalue()


def decode(
    data: bytes, mode: Literal["RGB", "RGBA"] = "RGBA", *, upright: bool = True, profile: bool = True
) -> UInt8[np.ndarray, "height width channel"]:
    """The picture of a foreign file's bytes in sRGB, 8 bits a channel, straight alpha; `RGB` drops alpha.

    `upright` turns it as its EXIF orientation says. Without `profile` its ICC profile is ignored, as glTF wants it. A
    picture of more than 4096² pixels is reduced by whole numbers.
    Raises `InputError`, with the same text in every run, if it can't be decoded.
    """
    with _readable(data) as image:
        picture_formats.load(image, data)
        turn = picture_formats.orientation(image) if upright else None
        shown = picture_formats.eight_bit(picture_formats.without_filler(image))
        shown = shown.convert("RGBA") if "transparency" in shown.info else shown
        shown = picture_formats.in_srgb(shown) if profile else shown
        return np.asarray(_reduced(_turned(shown.convert(mode), turn)))


def size(data: bytes, upright: bool = True) -> tuple[int, int]:
    """Width and height in pixels that a file says, before any reduction. Raises `InputError` as `decode` does."""
    with _readable(data) as image:
        turned = upright and picture_formats.orientation(image) in picture_formats.ON_ITS_SIDE
        width, height = image.size
        return (height, width) if turned else (width, height)


def is_plain(data: bytes) -> bool:
    """Whether a picture is what a plain decoder makes of its bytes: 8 bits, sRGB, opaque, upright, not too large.

    It is decoded whole. Raises `InputError` as `decode` does.
    """
    with _readable(data) as image:
        size = image.size
        picture_formats.load(image, data)
        upright = picture_formats.orientation(image) is None and picture_formats.is_srgb(image)
        opaque = image.mode in ("L", "RGB") and "transparency" not in image.info
        small = image.size == size and image.width * image.height <= picture_formats.MOST_PIXELS
        return image.format in ("PNG", "JPEG", "WEBP", "GIF", "BMP") and upright and opaque and small


@contextmanager
def _readable(data: bytes) -> Iterator[Image.Image]:
    """The picture, opened; whatever Pillow raises in the block is an `InputError`."""
    try:
        with picture_formats.opened(data) as image:
            yield image
    except InputError:
        raise
    except Exception as error:
        raise picture_formats.undecoded(error) from error


def _turned(image: Image.Image, turn: Image.Transpose | None) -> Image.Image:
    return image if turn is None else image.transpose(turn)


def _reduced(image: Image.Image) -> Image.Image:
    """A picture of at most `MOST_PIXELS`: means over squares of pixels, weighted by alpha."""
    parts = math.ceil(math.sqrt(image.width * image.height / picture_formats.MOST_PIXELS))
    return image if parts == 1 else image.reduce(parts)


def encode_depth(depth: Float[np.ndarray, "height width"], far: float) -> tuple[bytes, float]:
    """16-bit PNG of a depth map in [0, far], and its scale in units per count; 0 = nothing there."""
    scale = far / 65535
    stream = io.BytesIO()
    Image.fromarray(np.clip(depth / scale + 0.5, 0, 65535).astype(np.uint16)).save(stream, "png", compress_level=1)
    return stream.getvalue(), scale


def decode_depth(data: bytes, scale: float) -> Float[np.ndarray, "height width"]:
    """The depth map in units, float32."""
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image).astype(np.float32) * np.float32(scale)


def on_black(picture: UInt8[np.ndarray, "*batch height width 4"]) -> UInt8[np.ndarray, "*batch height width 3"]:
    """Straight-alpha RGBA composited on black, 8 bit."""
    colour, alpha = picture[..., :3].astype(np.uint16), picture[..., 3:].astype(np.uint16)
    return ((colour * alpha + 127) // 255).astype(np.uint8)


def on_white(picture: UInt8[np.ndarray, "*batch height width 4"]) -> UInt8[np.ndarray, "*batch height width 3"]:
    """Straight-alpha RGBA composited on white, 8 bit."""
    return on_black(picture) + (255 - picture[..., 3:])


def on_grey(picture: UInt8[np.ndarray, "*batch height width 4"]) -> UInt8[np.ndarray, "*batch height width 3"]:
    """Straight-alpha RGBA composited on middle grey, on which black and white objects are seen alike.

    Raises `InputError` for a picture that is clear everywhere.
    """
    if not picture[..., 3].any(axis=(-2, -1)).all():
        raise InputError("a picture that shows nothing, alpha is 0 everywhere")
    behind = (GREY * (255 - picture[..., 3:].astype(np.uint16)) + 127) // 255
    return np.minimum(on_black(picture) + behind, 255).astype(np.uint8)
