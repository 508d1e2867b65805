"""The error of a mistake in input: its message names the file, row or parameter and what was expected."""


class InputError(ValueError):
    """Input that cannot be used; stages and commands print it without a traceback."""

    def __str__(self) -> str:
        """The message as valid text; a file name that isn't UTF-8 has its bytes written out."""
        return super().__str__().encode("utf-8", "backslashreplace").decode()
