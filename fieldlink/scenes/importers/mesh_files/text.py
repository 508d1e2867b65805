"""Text of files that may come from any computer."""

import codecs


def text_of(data: bytes) -> str:
    """UTF-8, or UTF-16 with a byte order mark; bytes that are neither become replacement characters."""
    utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if utf_16 else "utf-8-sig", errors="replace")
