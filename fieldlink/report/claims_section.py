"""The study's twelve conclusions on the page: headlines with their parts, from claims.csv."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from fieldlink.core.errors import InputError

MARKS = {"holds": "✓", "does not hold": "✗", "undecided": "?"}
NUMBERS = ("published_effect", "effect", "ci_low", "ci_high", "level")


@dataclass(frozen=True)
class Line:
    """One tested effect in points of a percentage; numbers are None where a cell is not in this run."""

    part: str
    text: str
    published: float | None
    effect: float | None
    low: float | None
    high: float | None
    level: float | None
    verdict: str
    n: str
    seeds: str
    setting: str

    @property
    def mark(self) -> str:
        return MARKS[self.verdict]

    @property
    def style(self) -> str:
        return self.verdict.replace(" ", "-")


@dataclass(frozen=True)
class Claim:
    number: str
    headline: Line
    parts: list[Line] = field(default_factory=list)


def claims(text: str, source: str) -> list[Claim]:
    """From the CSV text that `evaluate_claims` writes; `source` names it in errors."""
    found: list[Claim] = []
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        line = _line(row, f"{source}: line {number}")
        if not line.part:
            found.append(Claim(row["claim"], line))
        elif not found or found[-1].number != row["claim"]:
            raise InputError(
                f"{source}: line {number}: part {line.part!r} before its claim, expected the headline first"
            )
        else:
            found[-1].parts.append(line)
    return found


def counts(found: Sequence[Claim]) -> list[tuple[str, str, int]]:
    """Verdict, its style and how many claims got it."""
    verdicts = [claim.headline.verdict for claim in found]
    return [(verdict, verdict.replace(" ", "-"), verdicts.count(verdict)) for verdict in MARKS]


def _line(row: dict[str, str], place: str) -> Line:
    try:
        published, effect, low, high, level = (float(row[name]) if row[name] else None for name in NUMBERS)
        rest = [row[name] for name in ("verdict", "n", "seeds", "setting")]
        part, words = row["part"], row["text"]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{place}: expected the columns of claims.csv, numbers among {NUMBERS} ({error})") from error
    if rest[0] not in MARKS:
        raise InputError(f"{place}: verdict is {rest[0]!r}, expected one of {list(MARKS)}")
    return Line(part, words, published, effect, low, high, level, *rest)
