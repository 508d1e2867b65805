"""Text files of other programs: UTF-8 with or without a byte order mark, UTF-16 and 32 with one."""

import codecs
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign
from fieldlink.scenes import picture_formats

MARKS = {  # encoding by byte order mark; that of UTF-16 begins that of UTF-32
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def read_text(path: Path, expected: str) -> str:
    """The text of a file. An `InputError` says what the file is instead, and what was expected."""
    try:
        data = read_foreign(path)
    except InputError as error:
        raise InputError(f"{error}, expected {expected}") from error
    if data and (kind := picture_formats.other_kind(data)):
        raise InputError(f"{path}: {kind}, expected {expected}")
    encoding = next((encoding for mark, encoding in MARKS.items() if data.startswith(mark)), "utf-8-sig")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.upper().removesuffix("-SIG")
        raise InputError(f"{path}: not {name} at byte {error.start}, expected {expected}") from error


def cell_separator(text: str) -> str:
    """What separates the cells of a table: the comma, semicolon or tab that its first line has most of."""
    return max(",;\t", key=text.lstrip().partition("\n")[0].count)
