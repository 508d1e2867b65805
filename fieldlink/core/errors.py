"""The error of a mistake in input: its message names the file, row or parameter and what was expected."""


class InputError(ValueError):
    """Input that cannot be used; stages and commands print it without a traceback."""

    def __str__(self) -> str:
        return valid_text(super().__str__())


def valid_text(text: str) -> str:
    """The text as UTF-8 can hold it: of a file name that isn't UTF-8, bytes are written out."""
    return text.encode("utf-8", "backslashreplace").decode()
