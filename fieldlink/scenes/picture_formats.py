"""Picture files opened safely: only the formats listed here, told by a file's content and never by its name.

Pillow is asked for no other format. It would start Ghostscript for an EPS file that is named .jpg.
"""

import io
import re
import warnings
from importlib.util import find_spec
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageCms, TiffImagePlugin, UnidentifiedImageError

from fieldlink.core.errors import InputError
from fieldlink.scenes import picture_faults

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000", "PPM", "TGA")  # TGA last: it has no magic
SUFFIXES = {
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".avif"),
    *(".jp2", ".j2k", ".ppm", ".pgm", ".pbm", ".pnm", ".tga", ".heic", ".heif"),
}
HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
HEIF_DECODER = "pillow-heif"
MOST_PIXELS = 4096 * 4096  # of a picture as it is handed on
MOST_WHOLE = 8192 * 8192  # pixels of a picture that is decoded whole
MOST_REDUCED = 16384 * 16384  # pixels of a JPEG that is decoded at a half, a quarter or an eighth of its size
TRANSPARENT = {"L;2": 85, "L;4": 17, "RGB;16B": 1 / 256}  # pixels of a PNG by unit of its transparent value
SIGNATURES = {  # of files that often have a picture's name
    b"version https://git-lfs": "a Git LFS pointer, run git lfs pull",
    b"<": "a web page or other markup",
    b"%!PS": "PostScript",
    b"%PDF": "a PDF",
    b"\x00\x05\x16\x07": "an AppleDouble file of macOS",
}
WHITES = (255.0, 65535.0, 2.0**32 - 1)  # of 8, 16 and 32 bits
MAX_SAMPLE_VALUE = 281  # a tag of TIFF
WHITE_IS_ZERO = 0  # its photometric interpretation, which Pillow heeds up to 8 bits
UPRIGHT = {  # the turn that an EXIF orientation asks for
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ON_ITS_SIDE = {UPRIGHT[orientation] for orientation in (5, 6, 7, 8)}  # turns that swap width and height
Image.MAX_IMAGE_PIXELS = MOST_REDUCED  # Pillow's own limit is below that of a phone's largest photos
warnings.filterwarnings("ignore", module=r"PIL\.")  # of sizes, which `opened` checks, and of damaged EXIF blocks


def opened(data: bytes) -> Image.Image:
    """The picture of a file's bytes, not decoded yet.

    Raises `InputError` for a file of another format, a damaged header, and more pixels than may be decoded.
    """
    try:
        image = Image.open(io.BytesIO(data), formats=_formats(data))
    except InputError:
        raise
    except UnidentifiedImageError as error:
        raise InputError(f"{_kind(data)}, expected one of {', '.join(FORMATS)}") from error
    except Image.DecompressionBombError as error:
        raise InputError(f"picture of too many pixels, at most {MOST_WHOLE:,} expected ({error})") from error
    except Exception as error:  # Pillow's plugins raise what they like
        raise undecoded(error) from error
    most = MOST_WHOLE
    if image.format in ("JPEG", "MPO"):
        picture_faults.check_jpeg_end(data)
        most = MOST_REDUCED
    if image.width * image.height > most:
        raise InputError(f"picture of {image.width}x{image.height} pixels, at most {most:,} expected")
    return image


def missing_decoder(data: bytes) -> str:
    """The package to be installed for this file's format; '' if none is missing."""
    return HEIF_DECODER if _is_heif(data) and not find_spec("pillow_heif") else ""


def load(image: Image.Image, data: bytes) -> None:
    """Decode a picture; a JPEG of more than `MOST_PIXELS` at a half, a quarter or an eighth of its size.

    Raises `InputError` for a PNG whose last rows are missing.
    """
    if image.format in ("JPEG", "MPO"):
        pixels = image.width * image.height
        parts = next((parts for parts in (1, 2, 4) if pixels <= MOST_PIXELS * parts**2), 8)
        if parts > 1:
            image.draft(None, (image.width // parts, image.height // parts))
    tiles: Any = getattr(image, "tile", None)
    unit = TRANSPARENT.get(tiles[0][3]) if image.format == "PNG" and tiles else None
    image.load()
    if image.format == "PNG" and (image.info.get("interlace") or _ends_in_zeros(image)):
        picture_faults.check_png_rows(data)
    if unit and "transparency" in image.info:  # Pillow scales the pixels alone
        values = np.atleast_1d(image.info["transparency"]) * unit
        image.info["transparency"] = int(values[0]) if len(values) == 1 else tuple(values.astype(int).tolist())


def without_filler(image: Image.Image) -> Image.Image:
    """A decoded picture; a TGA or BMP whose alpha is 0 everywhere without it: there it fills up 32 bits."""
    fills = image.format in ("TGA", "BMP") and image.mode == "RGBA" and image.getchannel("A").getextrema() == (0, 0)
    return image.convert("RGB") if fills else image


def orientation(image: Image.Image) -> Image.Transpose | None:
    """The turn that brings a decoded picture upright; None if it is upright, or if its EXIF block is damaged.

    Pillow turns a TIFF itself, and swaps its sides when it opens it.
    """
    if image.format == "TIFF":
        return None
    try:
        return UPRIGHT.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # a damaged block: Pillow raises what it likes, and the pixels are whole
        return None


def eight_bit(image: Image.Image) -> Image.Image:
    """The picture with 8 bits a channel. 16-bit grey is divided by 257; floats lie in [0, 1].

    A TIFF of 32-bit integers may hold values of any width: white is its MaxSampleValue if it has one, else the smallest
    of 255, 65535 and 2³² - 1 that no value exceeds.
    """
    if not (image.mode.startswith("I") or image.mode == "F"):
        return image
    values = np.asarray(image).astype(np.float64)
    white = _white(image, float(values.max()))
    tags = getattr(image, "tag_v2", None) or {}
    values = white - values if tags.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == WHITE_IS_ZERO else values
    if not 0 <= values.min() <= values.max() <= white:
        raise InputError(f"grey values from {values.min():g} to {values.max():g}, expected 0 to {white:g}")
    grey = Image.fromarray((values * (255 / white) + 0.5).astype(np.uint8))
    if "transparency" not in image.info:
        return grey
    return Image.merge(
        "LA", (grey, Image.fromarray(np.where(values == image.info["transparency"], 0, 255).astype(np.uint8)))
    )


def _white(image: Image.Image, highest: float) -> float:
    """The value of white in a picture of more than 8 bits, whose highest value is given."""
    tags = getattr(image, "tag_v2", None) or {}
    if image.mode == "F":
        return 1.0
    bits = int(np.max(tags.get(TiffImagePlugin.BITSPERSAMPLE, 16)))
    if image.mode != "I" or bits <= 16:
        return 2.0**bits - 1
    stated = float(np.max(tags.get(MAX_SAMPLE_VALUE, 0)))
    return stated or next((white for white in WHITES if highest <= white), WHITES[-1])


def is_srgb(image: Image.Image) -> bool:
    """Whether a picture's colours are sRGB's: it has no profile, or one that says so, or one that can't be read."""
    if image.mode == "LAB":
        return False
    profile = _profile(image)
    return profile is None or "srgb" in ImageCms.getProfileDescription(profile).lower()


def in_srgb(image: Image.Image) -> Image.Image:
    """A picture of 8 bits a channel with its colours in sRGB, as its ICC profile or its mode LAB says."""
    if is_srgb(image):
        return image
    alpha = image.getchannel("A") if image.has_transparency_data else None
    colours = image if image.mode in ("LAB", "CMYK", "L") else image.convert("RGB")
    profile = ImageCms.createProfile("LAB") if image.mode == "LAB" else _profile(image)
    try:
        shown: Any = ImageCms.profileToProfile(colours, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except ImageCms.PyCMSError:  # a profile of another kind of picture says nothing
        return image
    if alpha is not None:
        shown.putalpha(alpha)
    return shown


def _profile(image: Image.Image) -> ImageCms.ImageCmsProfile | None:
    """The ICC profile of a picture; None without one, or if it is damaged."""
    data = image.info.get("icc_profile")
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(data)) if data else None
    except OSError:
        return None


def undecoded(error: Exception) -> InputError:
    """The error of a picture that Pillow can't decode, without the memory addresses that differ from run to run."""
    words = re.sub(r"<[^<>]* at 0x[0-9a-f]+>", "the file", str(error)) or type(error).__name__
    return InputError(f"a picture that can't be decoded ({words})")


def _ends_in_zeros(image: Image.Image) -> bool:
    return not np.asarray(image.crop((0, image.height - 1, image.width, image.height))).any()


def _formats(data: bytes) -> tuple[str, ...]:
    if missing := missing_decoder(data):
        raise InputError(f"a HEIC picture, which needs a decoder: pip install {missing}")
    if not _is_heif(data):
        return FORMATS
    import pillow_heif

    pillow_heif.register_heif_opener()
    return ("HEIF",)


def _is_heif(data: bytes) -> bool:
    """HEIC by its brand; a general brand is HEIC's unless the compatible brands have AVIF's."""
    size = int.from_bytes(data[:4], "big")
    return data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS and b"avif" not in data[8:size]


def other_kind(data: bytes) -> str:
    """What a file is that only has another one's name; '' for all that isn't known by its first bytes."""
    if not data:
        return "an empty file"
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return next((kind for signature, kind in SIGNATURES.items() if start.startswith(signature)), "")


def _kind(data: bytes) -> str:
    kind = other_kind(data)
    return (f"no picture but {kind}" if data else kind) if kind else "no picture of a format that is read"
