"""Text of files that may come from any computer."""

import codecs
from collections.abc import Iterator


def text_of(data: bytes) -> str:
    """UTF-8, or UTF-16 with a byte order mark; Latin-1 if it is neither. Its lines end in \\n alone."""
    return _decoded(data).replace("\r\n", "\n").replace("\r", "\n")


def statements(text: str) -> Iterator[tuple[str, str]]:
    """The first word of each line, and what follows it; tabs are spaces.

    `splitlines` would also cut at characters such as U+0085: a byte of Shift-JIS read as Latin-1.
    """
    for line in text.replace("\t", " ").split("\n"):
        word, _, rest = line.strip().partition(" ")
        yield word, rest


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
