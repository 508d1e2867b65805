"""The study's twelve conclusions on the page: headlines with their parts, from claims.csv."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from fieldlink.core.errors import InputError

SYMBOLS = {"holds": "✓", "does not hold": "✗", "undecided": "?"}  # by verdict
NUMBERS = ("published_effect", "effect", "ci_low", "ci_high", "level")


@dataclass(frozen=True)
class ReportedRow:
    """One tested effect in points of a percentage. Numbers are None where a cell is not in this run."""

    part: str  # a, b, …; empty: the claim's primary contrast
    text: str
    published: float | None
    effect: float | None
    low: float | None
    high: float | None
    level: float | None  # of the interval
    verdict: str
    verdict_of_twelve: str  # when all claims are judged together; empty for a part
    n: str
    seeds: str
    setting: str

    @property
    def symbol(self) -> str:
        return SYMBOLS[self.verdict]

    @property
    def style(self) -> str:
        """The verdict's class in the style sheet."""
        return style_class(self.verdict)


@dataclass(frozen=True)
class ReportedClaim:
    number: str
    headline: ReportedRow
    parts: list[ReportedRow] = field(default_factory=list)


def read_claims(text: str, source: str) -> list[ReportedClaim]:
    """Claims from the CSV text that `report.evaluate_claims` writes.

    `source` names the text in errors. Raises `InputError` for a row that can't be read, or one before its headline.
    """
    claims: list[ReportedClaim] = []
    for number, values in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        location = f"{source}: line {number}"
        row = _claim_row(values, location)
        if not row.part:
            claims.append(ReportedClaim(values["claim"], row))
        elif not claims or claims[-1].number != values["claim"]:
            raise InputError(f"{location}: part {row.part!r} before its claim, expected the headline first")
        else:
            claims[-1].parts.append(row)
    return claims


def verdict_counts(claims: Sequence[ReportedClaim]) -> list[tuple[str, str, int]]:
    """Each verdict, its class in the style sheet, and the number of claims with it."""
    verdicts = [claim.headline.verdict for claim in claims]
    return [(verdict, style_class(verdict), verdicts.count(verdict)) for verdict in SYMBOLS]


def style_class(verdict: str) -> str:
    """The class in the style sheet of a verdict."""
    return verdict.replace(" ", "-")


def _claim_row(values: dict[str, str], location: str) -> ReportedRow:
    try:
        published, effect, low, high, level = (float(values[name]) if values[name] else None for name in NUMBERS)
        row = ReportedRow(
            part=values["part"],
            text=values["text"],
            published=published,
            effect=effect,
            low=low,
            high=high,
            level=level,
            verdict=values["verdict"],
            verdict_of_twelve=values["verdict_of_twelve"],
            n=values["n"],
            seeds=values["seeds"],
            setting=values["setting"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{location}: expected the columns of claims.csv, numbers among {NUMBERS} ({error})"
        ) from error
    for column, verdict in (("verdict", row.verdict), ("verdict_of_twelve", row.verdict_of_twelve or row.verdict)):
        if verdict not in SYMBOLS:
            raise InputError(f"{location}: {column} is {verdict!r}, expected one of {list(SYMBOLS)}")
    return row
