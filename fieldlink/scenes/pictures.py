"""Pictures encoded and decoded, with checks of size and format."""

import io

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

from fieldlink.core.errors import InputError

MOST_PIXELS = 4096 * 4096


def encode(picture: UInt8[np.ndarray, "height width channel"]) -> bytes:
    """PNG of an RGB or RGBA picture."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "png", compress_level=1)
    return stream.getvalue()


def decode(data: bytes, mode: str = "RGBA") -> UInt8[np.ndarray, "height width channel"]:
    """A picture of any format Pillow reads; raises `InputError` if it doesn't decode or is larger than 4096²."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise InputError(f"picture of {image.width}x{image.height} pixels, at most {MOST_PIXELS} expected")
            return np.asarray(image.convert(mode))
    except InputError:
        raise
    except Exception as error:  # Pillow's plugins raise what they like
        raise InputError(f"not a picture that can be decoded ({error})") from error


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
