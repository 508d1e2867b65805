"""Text of files that may come from any computer."""

import codecs


def text_of(data: bytes) -> str:
    """UTF-8, or UTF-16 with a byte order mark; Latin-1 if it is neither."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
