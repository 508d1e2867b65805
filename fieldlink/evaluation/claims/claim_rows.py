"""Lines of claims.csv, and their summary."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from string import ascii_lowercase
from typing import Any, Literal, get_args

Verdict = Literal["holds", "does not hold", "undecided"]


@dataclass(frozen=True)
class ClaimRow:
    """One line of claims.csv. The fields are its columns. Effects are in points of a percentage."""

    claim: int
    part: str  # a, b, …; empty: the claim's primary contrast
    text: str
    published_effect: float | None
    effect: float | None
    ci_low: float | None
    ci_high: float | None
    verdict: Verdict
    verdict_of_twelve: Verdict | Literal[""]  # when all claims are judged together; empty for a part
    level: float  # of the interval, at which the verdict is given
    n: int | None  # queries
    seeds: int | None  # training seeds behind the trained side
    setting: str  # what else should be known, or why there is no effect


def letters(index: int) -> str:
    """a, b, …, z, aa, ab, …"""
    pairs = ["".join(pair) for pair in product(ascii_lowercase, repeat=2)]
    return [*ascii_lowercase, *pairs][index]


def summary(rows: Sequence[ClaimRow]) -> dict[str, dict[str, Any]]:
    """How many claims have which verdict, and every effect by claim and part."""
    headlines = [row.verdict for row in rows if not row.part]
    effects: dict[str, dict[str, float]] = {}
    for row in rows:
        if row.effect is not None:
            effects.setdefault(str(row.claim), {})[row.part or "headline"] = row.effect
    return {"verdicts": {verdict: headlines.count(verdict) for verdict in get_args(Verdict)}, "effects": effects}
