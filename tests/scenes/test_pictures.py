"""Pictures of every listed format are read as what they show; what can't be read is one `InputError`."""

import io
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from extras import needed
from PIL import ExifTags, Image, ImageCms

from fieldlink.core.errors import InputError
from fieldlink.scenes import picture_formats, pictures
from fieldlink.scenes.importers.mesh_colours import to_display, to_linear
from fieldlink.scenes.pictures import on_black, on_grey, on_white

UPPER_LEFT = np.array([200, 40, 40])


def test_the_background_shows_through_by_what_alpha_leaves():
    pixels = np.array([[[200, 100, 0, 255], [200, 100, 0, 0], [255, 0, 0, 51]]], np.uint8)
    assert on_white(pixels).tolist() == [[[200, 100, 0], [255, 255, 255], [255, 204, 204]]]
    assert on_black(pixels).tolist() == [[[200, 100, 0], [0, 0, 0], [51, 0, 0]]]
    assert on_grey(pixels).tolist() == [[[200, 100, 0], [128, 128, 128], [153, 102, 102]]]


@pytest.mark.parametrize("shade", [0, 255])
def test_black_and_white_objects_are_seen_on_grey(shade):
    card = np.full((4, 4, 4), shade, np.uint8)
    card[..., 3] = 0
    card[1:3, 1:3, 3] = 255
    shown = on_grey(card).astype(int)
    assert abs(shown[1, 1] - shown[0, 0]).min() >= 100


def corner_marked() -> np.ndarray:
    """24x16 pixels, grey but for the upper left quarter."""
    picture = np.full((16, 24, 3), 120, np.uint8)
    picture[:8, :12] = UPPER_LEFT
    return picture


def file_of(image: Image.Image, kind: str, **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "gif", "bmp", "tiff", "avif", "jpeg2000", "ppm", "tga"])
def test_every_listed_format_is_read_by_its_content(kind):
    read = pictures.decode(file_of(Image.fromarray(corner_marked()), kind), "RGB").astype(int)
    assert read.shape == (16, 24, 3)
    assert np.abs(read[2:6, 2:10].mean((0, 1)) - UPPER_LEFT).max() < 12
    assert np.abs(read[10:, 14:].mean((0, 1)) - 120).max() < 12


@pytest.mark.parametrize("kind", ["eps", "pdf", "ico", "sgi", "pcx"])
def test_no_other_format_is_opened_whatever_its_name(kind):
    with pytest.raises(InputError, match=r"no picture.*expected one of PNG, JPEG"):
        pictures.decode(file_of(Image.fromarray(corner_marked()), kind))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff", "avif"])
def test_a_picture_is_turned_upright_as_its_exif_orientation_says(kind, orientation):
    turns = {2: np.fliplr, 3: lambda p: np.rot90(p, 2), 4: np.flipud, 5: lambda p: p.transpose(1, 0, 2)}
    turns |= {6: np.rot90, 7: lambda p: np.rot90(p, 2).transpose(1, 0, 2), 8: lambda p: np.rot90(p, -1)}
    stored = np.ascontiguousarray(turns.get(orientation, np.asarray)(corner_marked()))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    data = file_of(Image.fromarray(stored), kind, exif=exif)
    read = pictures.decode(data, "RGB").astype(int)
    assert read.shape == (16, 24, 3)
    assert pictures.size(data) == (24, 16)
    assert pictures.size(data, upright=False) == pictures.decode(data, upright=False).shape[1::-1]
    assert np.abs(read[2:6, 2:10].mean((0, 1)) - UPPER_LEFT).max() < 12


def test_a_damaged_exif_block_costs_no_picture():
    data = file_of(Image.fromarray(corner_marked()), "png", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    assert (pictures.decode(data, "RGB") == corner_marked()).all()


@pytest.mark.parametrize("kind", ["png", "tiff", "ppm"])
def test_16_bit_grey_is_its_8_bit_picture(kind):
    grey = np.arange(256, dtype=np.uint16).reshape(16, 16)
    read = pictures.decode(file_of(Image.fromarray(grey * 257), kind), "RGB")
    assert (read == grey[..., None]).all()


@pytest.mark.parametrize(("white", "tags"), [(255, {}), (65535, {}), (4095, {281: 4095}), (65535, {281: 65535})])
def test_32_bit_grey_is_white_where_its_file_says_or_its_values_end(white, tags):
    ramp = np.linspace(0, 1, 256).reshape(16, 16)
    values = np.round(ramp * min(white, 4095 if tags else white)).astype(np.int32)
    read = pictures.decode(file_of(Image.fromarray(values), "tiff", tiffinfo=tags), "RGB")
    assert (read[..., 0] == np.floor(values / white * 255 + 0.5)).all()


def test_12_bit_grey_is_white_at_4095():
    """Two pixels of 12 bits, 0xfff and 0x800, in a TIFF written by hand."""
    tags = ((256, 2), (257, 1), (258, 12), (259, 1), (262, 1), (273, 8), (277, 1), (278, 1), (279, 3))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    file = b"II*\0" + struct.pack("<I", 12) + b"\xff\xf8\x00\0" + struct.pack("<H", len(tags)) + entries + bytes(4)
    assert pictures.decode(file, "RGB")[0, :, 0].tolist() == [255, 128]


def png(side: int, bits: int, colour: int, rows: bytes, transparent: bytes = b"") -> bytes:
    """A square PNG; `transparent`: the body of its chunk of that name."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", side, side, bits, colour, 0, 0, 0))]
    chunks += [(b"tRNS", transparent)] if transparent else []
    chunks += [(b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def test_16_bit_rgb_is_its_8_bit_picture():
    values = np.arange(192, dtype=np.uint16).reshape(8, 8, 3)
    rows = b"".join(b"\0" + (row * 257).astype(">u2").tobytes() for row in values)
    assert (pictures.decode(png(8, 16, 2, rows), "RGB") == values).all()


@pytest.mark.parametrize(
    ("bits", "colour", "row", "transparent"),
    [
        (1, 0, bytes([0b01000000]), 1),
        (2, 0, bytes([0b00110000]), 3),
        (4, 0, bytes([0x0F]), 15),
        (8, 0, bytes([0, 255]), 255),
        (16, 0, bytes([0, 0, 255, 255]), 65535),
        (8, 2, bytes([0] * 3 + [255] * 3), 255),
        (16, 2, bytes([0] * 6 + [255] * 6), 65535),
    ],
)
def test_the_transparent_value_of_any_depth_is_clear_alone(bits, colour, row, transparent):
    """The upper pixels are black and white; white is transparent."""
    rows = 2 * (b"\0" + row)
    key = struct.pack(">H", transparent) * (3 if colour else 1)
    read = pictures.decode(png(2, bits, colour, rows, key))
    assert read[..., 3].tolist() == [[255, 0], [255, 0]]
    assert read[0, 0].tolist() == [0, 0, 0, 255]


P3 = np.array([[0.5151, 0.2920, 0.1571], [0.2412, 0.6922, 0.0666], [-0.0011, 0.0419, 0.7841]])  # columns: RGB in XYZ
SRGB = np.array([[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7141]])  # white of D50


def display_p3() -> bytes:
    """The profile of sRGB with the primaries of Display P3, which phones take photos in."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for number in range(int.from_bytes(profile[128:132], "big")):
        name, place, _ = struct.unpack_from(">4sII", profile, 132 + 12 * number)
        if name[1:] == b"XYZ":
            column = P3[:, b"rgb".index(name[:1])]
            profile[place + 8 : place + 20] = struct.pack(">3i", *(round(65536 * value) for value in column))
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "P3  ".encode("utf-16-be"))


def test_colours_of_another_space_become_those_of_srgb():
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    same = file_of(Image.fromarray(corner_marked()), "png", icc_profile=plain.tobytes())
    assert (pictures.decode(same, "RGB") == corner_marked()).all()
    assert pictures.is_plain(same)
    wide = file_of(Image.fromarray(corner_marked()), "png", icc_profile=display_p3())
    light = to_linear(corner_marked() / 255) @ (np.linalg.inv(SRGB) @ P3).T
    assert np.abs(pictures.decode(wide, "RGB") - 255 * to_display(light)).max() <= 2
    assert np.abs(pictures.decode(wide, "RGB")[0, 0] - UPPER_LEFT).max() > 10
    assert not pictures.is_plain(wide)
    assert (pictures.decode(wide, "RGB", profile=False) == corner_marked()).all()
    damaged = file_of(Image.fromarray(corner_marked()), "png", icc_profile=b"no profile")
    assert (pictures.decode(damaged, "RGB") == corner_marked()).all()


def test_lab_becomes_rgb():
    plain = ImageCms.createProfile("sRGB")
    lab = ImageCms.profileToProfile(
        Image.fromarray(corner_marked()), plain, ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    read = pictures.decode(file_of(lab, "tiff"), "RGB").astype(int)
    assert np.abs(read - corner_marked()).max() <= 3
    assert not pictures.is_plain(file_of(lab, "tiff"))


def test_floats_are_read_from_0_to_1_and_refused_beyond():
    ramp = np.linspace(0, 1, 16, dtype=np.float32).reshape(4, 4)
    assert (pictures.decode(file_of(Image.fromarray(ramp), "tiff"))[..., 0] == np.round(ramp * 255)).all()
    with pytest.raises(InputError, match=r"from 0 to 3, expected 0 to 1"):
        pictures.decode(file_of(Image.fromarray(ramp * 3), "tiff"))


def test_palettes_and_grey_keep_their_transparency():
    paletted = Image.fromarray(np.array([[0, 1], [1, 0]], np.uint8), "P")
    paletted.putpalette([200, 40, 40, 0, 0, 255])
    read = pictures.decode(file_of(paletted, "png", transparency=1))
    assert read[0, 0].tolist() == [200, 40, 40, 255]
    assert read[0, 1].tolist() == [0, 0, 255, 0]
    grey = np.array([[[70, 255], [70, 9]]], np.uint8)
    assert pictures.decode(file_of(Image.fromarray(grey, "LA"), "png")).tolist() == [[[70] * 3 + [255], [70] * 3 + [9]]]


@pytest.mark.parametrize("kind", ["jpeg", "tiff"])
def test_inks_become_the_colours_that_they_print(kind):
    inks = Image.new("CMYK", (16, 16), (0, 255, 255, 0))  # magenta and yellow make red
    assert np.abs(pictures.decode(file_of(inks, kind), "RGB").astype(int) - [255, 0, 0]).max() < 8


def test_a_large_jpeg_is_read_at_a_half_of_its_size():
    rows = np.linspace(0, 255, 4400).astype(np.uint8)
    data = file_of(Image.fromarray(np.repeat(rows[:, None], 4200, axis=1)), "jpeg")
    read = pictures.decode(data, "RGB")
    assert read.shape == (2200, 2100, 3)
    assert np.abs(read[:, 0, 0] - rows.reshape(2200, 2).mean(axis=1)).max() < 4


def test_other_large_pictures_are_reduced_after_decoding(monkeypatch):
    monkeypatch.setattr(picture_formats, "MOST_PIXELS", 100)
    half_clear = np.zeros((20, 20, 4), np.uint8)
    half_clear[::2] = [200, 40, 40, 255]
    read = pictures.decode(pictures.encode(half_clear))
    assert read.shape == (10, 10, 4)
    assert np.abs(read[..., :3] - UPPER_LEFT).max() <= 1, "colours are weighted by alpha"


def bomb(side: int) -> bytes:
    return png(side, 8, 0, b"\0" * 1000)


@pytest.mark.parametrize("side", [9_000, 40_000])
def test_a_bomb_is_refused_before_it_is_decoded(side):
    with pytest.raises(InputError, match="pixels, at most 67,108,864 expected"):
        pictures.decode(bomb(side))


def test_no_warning_of_pillows_reaches_the_user(tmp_path):
    (tmp_path / "bomb.png").write_bytes(bomb(20_000))
    damaged = file_of(Image.fromarray(corner_marked()), "png", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x07")
    (tmp_path / "damaged.png").write_bytes(damaged)
    code = "import sys; from pathlib import Path; from fieldlink.scenes import pictures\n"
    code += "for path in sys.argv[1:]:\n try: print(pictures.decode(Path(path).read_bytes()).shape)\n"
    code += " except ValueError as error: print(error)"
    command = [sys.executable, "-c", code, tmp_path / "bomb.png", tmp_path / "damaged.png"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout == "picture of 20000x20000 pixels, at most 67,108,864 expected\n(16, 24, 4)\n"
    assert run.stderr == ""


def broken_files() -> dict[str, bytes]:
    rng = np.random.default_rng(0)
    jpeg = file_of(Image.fromarray(rng.integers(0, 255, (40, 40, 3), np.uint8)), "jpeg")
    return {
        "empty": b"",
        "page": b"\n<!DOCTYPE html><html>404</html>",
        "pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        "half": jpeg[: len(jpeg) // 2],
        "zero_filled": jpeg[: len(jpeg) // 2] + bytes(len(jpeg) - len(jpeg) // 2),
        "zeros_after": jpeg + bytes(2000),
        "noise": rng.bytes(1000),
    }


@pytest.mark.parametrize("name", broken_files())
def test_a_broken_picture_is_an_error_with_the_same_text_in_every_run(name):
    texts = set()
    for _ in range(2):
        with pytest.raises(InputError) as error:
            pictures.decode(broken_files()[name])
        texts.add(str(error.value))
    assert len(texts) == 1
    assert "0x" not in texts.pop()


def test_what_a_camera_writes_after_a_jpeg_doesnt_matter():
    jpeg = file_of(Image.fromarray(corner_marked()), "jpeg")
    for tail in (b"SEFT and a film", b"a film that ends with zeros" + bytes(3), bytes(-len(jpeg) % 512)):
        assert (pictures.decode(jpeg + tail) == pictures.decode(jpeg)).all()


def test_heic_is_read_by_its_decoder_and_named_without_it(monkeypatch):
    heif = needed("pillow_heif")
    stream = io.BytesIO()
    heif.from_pillow(Image.fromarray(corner_marked())).save(stream)
    read = pictures.decode(stream.getvalue(), "RGB").astype(int)
    assert np.abs(read[2:6, 2:10].mean((0, 1)) - UPPER_LEFT).max() < 12
    monkeypatch.setattr(picture_formats, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="pip install pillow-heif"):
        pictures.decode(stream.getvalue())
