"""The error of a mistake in input, and names of files as text that UTF-8 can hold and a terminal can show."""


class InputError(ValueError):
    """Input that cannot be used: the message names the file, row or parameter and what was expected.

    Stages and commands print it without a traceback.
    """

    def __str__(self) -> str:
        return valid_text(super().__str__())


def valid_text(text: str) -> str:
    """The text as UTF-8 can hold it: of a file name that isn't UTF-8, bytes are written out."""
    return text.encode("utf-8", "backslashreplace").decode()


def printable(text: str) -> str:
    """The text with escapes in place of characters that would move the cursor, hide text or turn it round."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
