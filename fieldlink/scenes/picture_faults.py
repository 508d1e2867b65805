"""Picture files of which a part is missing, and which Pillow decodes nevertheless."""

import struct
import zlib
from collections.abc import Iterator

from fieldlink.core.errors import InputError

BLOCK = 512  # bytes: cameras fill a file's last block with zeros
FEW = 16  # zeros in a row, which no compressed data have
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of PNG's colour types
WHOLE = ((0, 0, 1, 1),)  # the pixels of a PNG's one pass: first column and row, steps
INTERLACED = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))  # Adam7
STEP = 1 << 20  # bytes that are unpacked at once


def check_jpeg_end(data: bytes) -> None:
    """Raise `InputError` for a file that goes on with zeros, as one that was copied or loaded in part.

    A film or data of the camera's maker may follow the picture, and end with a few zeros.
    """
    content = data.rstrip(b"\0")
    zeros = len(data) - len(content)
    if zeros >= BLOCK or (zeros >= FEW and not content.endswith(b"\xff\xd9")):
        raise InputError(f"the file ends with {zeros} zero bytes, was it copied in part?")


def check_png_rows(data: bytes) -> None:
    """Raise `InputError` for a PNG whose packed stream ends before its last row: Pillow fills that up with zeros."""
    width, height, bits, colour, _, _, interlaced = struct.unpack_from(">IIBBBBB", data, 16)
    needed = 0
    for column, row, across, down in INTERLACED if interlaced else WHOLE:
        columns, rows = max(0, -(-(width - column) // across)), max(0, -(-(height - row) // down))
        needed += rows * (1 + -(-columns * CHANNELS[colour] * bits // 8)) if columns else 0
    there, stream = 0, zlib.decompressobj()
    for packed in _png_bodies(data, b"IDAT"):
        while packed and there < needed:
            there += len(stream.decompress(packed, STEP))
            packed = stream.unconsumed_tail  # noqa: PLW2901
    if there < needed:
        raise InputError(f"pixels of {there:,} bytes, {needed:,} expected: the picture's end is missing")


def _png_bodies(data: bytes, name: bytes) -> Iterator[bytes]:
    """The contents of a PNG's chunks of a name."""
    at = 8
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == name:
            yield data[at + 8 : at + 8 + length]
        at += 12 + length
