"""Checked values of a request's query string. A wrong one is a 400 that names the parameter and what is expected."""

import math
from collections.abc import Collection

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

MOST_LETTERS = 500  # of any one value
MOST_VALUES = 64  # of a parameter that may be repeated


class RequestValues:
    """The query string of a request. A parameter that isn't one of `names` is an error."""

    def __init__(self, values: QueryParams, names: Collection[str]) -> None:
        self._values = values
        unknown = sorted(set(values) - set(names))
        if unknown:
            raise HTTPException(400, f"{unknown[0][:40]!r}: no parameter here, expected {', '.join(names)}")
        for name, value in values.multi_items():
            if len(value) > MOST_LETTERS:
                raise HTTPException(400, f"{name}: {len(value):,} letters, at most {MOST_LETTERS} expected")

    def text(self, name: str) -> str:
        """The value, or ''. Control characters become spaces."""
        return clean(self._values.get(name, ""))

    def texts(self, name: str) -> list[str]:
        """All values that aren't empty."""
        values = [text for text in map(clean, self._values.getlist(name)) if text]
        if len(values) > MOST_VALUES:
            raise HTTPException(400, f"{name}: {len(values)} values, at most {MOST_VALUES} expected")
        return values

    def integer(self, name: str, low: int, high: int, default: int) -> int:
        """A whole number from `low` to `high`."""
        number = self.number(name, low, high, default)
        if number != int(number):
            raise HTTPException(400, f"{name}: {number} given, expected a whole number")
        return int(number)

    def number(self, name: str, low: int | float, high: int | float, default: int | float) -> int | float:
        """A number from `low` to `high`."""
        text = self.text(name)
        try:
            value = float(text) if text else default
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise HTTPException(400, f"{name}: {text[:40]!r} given, expected a number from {low:g} to {high:g}")
        return value

    def choice(self, name: str, choices: Collection[str]) -> str:
        """One of `choices`, or ''."""
        value = self.text(name)
        if value and value not in choices:
            raise HTTPException(400, f"{name}: {value[:40]!r} given, expected one of {', '.join(choices)}")
        return value


def clean(text: str) -> str:
    """A text that can be printed anywhere: no control characters, no halves of surrogate pairs, no outer spaces."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return printable.encode("utf-8", "replace").decode().strip()
