"""Pictures for the page: small copies, differences, and `data:` addresses."""

import base64

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import UInt8

from fieldlink.scenes import pictures

Picture = UInt8[np.ndarray, "height width 3"]

AMPLIFICATION = 3  # of differences, which are small


def pictures_by_id(rows: pa.Table, key: str, view: int | None = None) -> dict[str, np.ndarray]:
    """RGB pictures on black by id, from rows with column `image`; with `view`, those of this view alone."""
    chosen = rows if view is None else rows.filter(pc.field("view") == view)
    ids, images = chosen[key].to_pylist(), chosen["image"].to_pylist()
    return {name: pictures.on_black(pictures.decode(image)) for name, image in zip(ids, images, strict=True)}


def amplified_difference(truth: Picture, render: Picture) -> Picture:
    """Absolute difference per channel, `AMPLIFICATION` times as bright."""
    return np.clip(AMPLIFICATION * np.abs(truth.astype(np.int32) - render), 0, 255).astype(np.uint8)


def thumbnail(picture: Picture, side: int) -> UInt8[np.ndarray, "small_height small_width 3"]:
    """A copy of at most about `side` pixels a side: means over whole blocks. A smaller picture keeps its pixels."""
    block = -(-max(picture.shape[:2]) // side)
    high, wide = (min(block, length) for length in picture.shape[:2])
    height, width = picture.shape[0] // high, picture.shape[1] // wide
    blocks = picture[: height * high, : width * wide].reshape(height, high, width, wide, 3)
    return (blocks.mean(axis=(1, 3)) + 0.5).astype(np.uint8)


def png_uri(picture: Picture) -> str:
    """The picture as a `data:` address."""
    return data_uri(pictures.encode(picture), "image/png")


def data_uri(data: bytes, kind: str) -> str:
    """A file as a `data:` address. `kind`: its media type."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
