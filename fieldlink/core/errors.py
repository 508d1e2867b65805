"""The error of a mistake in input: its message names the file, row or parameter and what was expected."""


class InputError(ValueError):
    """Input that cannot be used; stages and commands print it without a traceback."""
