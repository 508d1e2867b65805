"""What a user can mend: one error whose words name the file, row or parameter and what was expected."""


class InputError(ValueError):
    """Input that cannot be used; printed without a traceback."""
