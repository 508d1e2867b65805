"""Pictures for the page: small copies, differences, and data URIs."""

import base64

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import UInt8

from fieldlink.scenes import pictures

Picture = UInt8[np.ndarray, "height width 3"]

AMPLIFIED = 3  # differences are small: shown this many times as bright


def of_rows(rows: pa.Table, key: str, view: int | None = None) -> dict[str, np.ndarray]:
    """RGB pictures on black by id, from rows with column `image`; of `view` alone where it is given."""
    chosen = rows if view is None else rows.filter(pc.field("view") == view)
    ids, images = chosen[key].to_pylist(), chosen["image"].to_pylist()
    return {name: pictures.on_black(pictures.decode(image)) for name, image in zip(ids, images, strict=True)}


def difference(truth: Picture, render: Picture) -> Picture:
    """Absolute difference per channel, `AMPLIFIED` times as bright."""
    return np.clip(AMPLIFIED * np.abs(truth.astype(np.int32) - render), 0, 255).astype(np.uint8)


def thumbnail(picture: Picture, side: int) -> UInt8[np.ndarray, "small_height small_width 3"]:
    """A copy at most about `side` pixels a side: means over whole blocks; a smaller picture stays as it is."""
    block = -(-max(picture.shape[:2]) // side)
    high, wide = (min(block, length) for length in picture.shape[:2])
    height, width = picture.shape[0] // high, picture.shape[1] // wide
    blocks = picture[: height * high, : width * wide].reshape(height, high, width, wide, 3)
    return (blocks.mean(axis=(1, 3)) + 0.5).astype(np.uint8)


def png_uri(picture: Picture) -> str:
    """The picture as a `data:` address."""
    return uri(pictures.encode(picture), "image/png")


def uri(data: bytes, kind: str) -> str:
    """Any file as a `data:` address."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
