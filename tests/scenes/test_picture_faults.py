"""Pictures that decode without an error though they don't show what their makers meant."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from fieldlink.core.errors import InputError
from fieldlink.scenes import pictures

SHOWN = np.zeros((6, 9, 3), np.uint8)
SHOWN[:, :4], SHOWN[:, 4:] = [200, 40, 40], [40, 180, 40]


def tga(alpha: np.ndarray, bits_of_alpha: int) -> bytes:
    """32 bits a pixel, the upper row first; its header says how many bits are alpha."""
    height, width = alpha.shape
    head = struct.pack("<BBBHHBHHHHBB", 0, 0, 2, 0, 0, 0, 0, 0, width, height, 32, 0x20 | bits_of_alpha)
    return head + np.dstack([SHOWN[..., ::-1], alpha]).tobytes()


def bmp(alpha: np.ndarray) -> bytes:
    """32 bits a pixel with masks of red, green, blue and alpha (a header of version 4)."""
    height, width = alpha.shape
    pixels = np.dstack([SHOWN[..., ::-1], alpha])[::-1].tobytes()
    head = struct.pack("<IiiHHIIiiII", 108, width, height, 1, 32, 3, len(pixels), 2835, 2835, 0, 0)
    head += struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + b"BGRs" + bytes(48)
    return b"BM" + struct.pack("<IHHI", 14 + len(head) + len(pixels), 0, 0, 14 + len(head)) + head + pixels


FILLED = {"tga 0": lambda alpha: tga(alpha, 0), "tga 8": lambda alpha: tga(alpha, 8), "bmp": bmp}


@pytest.mark.parametrize("kind", FILLED)
def test_an_alpha_of_tga_and_bmp_that_is_0_everywhere_doesnt_count_and_any_other_does(kind):
    alpha = np.zeros(SHOWN.shape[:2], np.uint8)
    assert (pictures.decode(FILLED[kind](alpha)) == np.dstack([SHOWN, alpha + 255])).all()
    alpha[2, 3] = 7
    assert (pictures.decode(FILLED[kind](alpha)) == np.dstack([SHOWN, alpha])).all()


def test_a_photo_that_is_clear_everywhere_is_refused_and_a_view_is_read():
    data = pictures.encode(np.dstack([SHOWN, np.zeros(SHOWN.shape[:2], np.uint8)]))
    view = pictures.decode(data).copy()
    assert not view[..., 3].any()
    with pytest.raises(InputError, match="shows nothing, alpha is 0 everywhere"):
        pictures.on_grey(view)
    view[0, 0, 3] = 255
    assert pictures.on_grey(view)[0, 0].tolist() == [200, 40, 40]


@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_16_bit_tiff_whose_white_is_0_is_turned_round(compression):
    values = np.arange(64, dtype=np.uint16).reshape(8, 8) * 1040
    read = []
    for photometric in (1, 0):
        tags, stream = TiffImagePlugin.ImageFileDirectory_v2(), io.BytesIO()
        Image.fromarray(values).save(stream, "tiff", compression=compression, tiffinfo=tags)
        data = bytearray(stream.getvalue())
        at = data.find(struct.pack("<HHI", 262, 3, 1))
        data[at + 8 : at + 10] = struct.pack("<H", photometric)
        read.append(pictures.decode(bytes(data), "RGB").astype(int))
    assert np.abs(read[0] + read[1] - 255).max() <= 1
    assert read[1][0, 0].tolist() == [255] * 3


def png(rows: int, *, interlaced: bool = False, black: bool = False) -> bytes:
    """9x6 pixels of 24 bits whose stream has so many rows of the picture, or of the first pass."""
    picture = np.zeros_like(SHOWN) if black else SHOWN
    raw = b"".join(b"\0" + row.tobytes() for row in picture[:rows])
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 9, 6, 8, 2, 0, 0, int(interlaced)))]
    chunks += [(b"IDAT", zlib.compress(raw)[:10]), (b"IDAT", zlib.compress(raw)[10:]), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


@pytest.mark.parametrize("black", [False, True])
def test_a_png_whose_stream_ends_before_its_last_row_is_refused(black):
    assert (pictures.decode(png(6, black=black), "RGB") == (0 if black else SHOWN)).all()
    for rows in (0, 3, 5):
        with pytest.raises(InputError, match=r"the picture's end is missing|can't be decoded"):
            pictures.decode(png(rows, black=black))


def interlaced() -> bytes:
    """A whole picture in Adam7, by the passes of its specification."""
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    rows = [row for x, y, across, down in passes for row in SHOWN[y::down, x::across] if len(row)]
    return b"".join(b"\0" + row.tobytes() for row in rows)


def test_an_interlaced_png_is_whole_with_all_its_passes():
    whole = png(6, interlaced=True)
    for raw, is_whole in ((interlaced(), True), (interlaced()[:-28], False)):
        body = zlib.compress(raw)
        start, end = whole.index(b"IDAT") - 4, whole.index(b"IEND") - 4
        data = whole[:start] + struct.pack(">I", len(body)) + b"IDAT" + body
        data += struct.pack(">I", zlib.crc32(b"IDAT" + body)) + whole[end:]
        if is_whole:
            assert (pictures.decode(data, "RGB") == SHOWN).all()
        else:
            with pytest.raises(InputError, match="the picture's end is missing"):
                pictures.decode(data)
