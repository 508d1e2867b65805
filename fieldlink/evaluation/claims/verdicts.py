"""Published conclusions put to the test: contrasts of the tables' cells, their intervals, and verdicts by rule.

Every verdict comes from an interval. The claimed effects of a part are an open interval: `greater` is (0, ∞), `less`
(−∞, 0), `no greater` (−∞, margin) and `equal` (−margin, margin). A part holds if its whole interval lies inside, it
does not hold if its whole interval lies outside, and is undecided otherwise.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import inf
from string import ascii_lowercase
from typing import Any, Literal, get_args

import numpy as np
from jaxtyping import Float

from fieldlink.core.errors import InputError
from fieldlink.core.params import IntervalsParams
from fieldlink.evaluation.measures.intervals import Interval, difference
from fieldlink.evaluation.results.saved_results import SavedResults, same_queries, text
from fieldlink.evaluation.results.tables import DIGITS, CellKey

Verdict = Literal["holds", "does not hold", "undecided"]
Claimed = Literal["greater", "less", "no greater", "equal"]
Side = Mapping[CellKey, float]  # weighted cells; a weight of 1 is the cell itself, 1/2 and 1/2 a mean of two


@dataclass(frozen=True)
class Part:
    """The effect Σ weight · cell of `first` less that of `second`, and where it is claimed to lie."""

    text: str
    first: Side
    second: Side | tuple[Side, ...]  # of several, the one of the highest value: ours in ours, published in published
    claimed: Claimed
    one_run: bool = False  # both sides come from the same trained models, so that their seeds are paired too
    published: tuple[Side, ...] = ()  # first side and rivals there, where the published tables lack ours
    lacking: str = ""  # what this run would need for ours

    @property
    def rivals(self) -> tuple[Side, ...]:
        return self.second if isinstance(self.second, tuple) else (self.second,)

    @property
    def cells(self) -> set[CellKey]:
        return {words for side in (self.first, *self.rivals) for words in side}


@dataclass(frozen=True)
class Claim:
    """A conclusion; of several parts, all are claimed."""

    number: int
    text: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Row:
    """One line of claims.csv; its fields are the columns. Effects are in points of a percentage."""

    claim: int
    part: str  # a, b, …; empty: the claim's headline
    text: str
    published_effect: float | None
    effect: float | None
    ci_low: float | None
    ci_high: float | None
    verdict: Verdict
    level: float  # of the interval, at which the verdict is given
    n: int | None  # queries
    seeds: int | None  # training seeds behind the trained side
    setting: str  # what else should be known, or why there is no effect


@dataclass(frozen=True)
class Trial:
    """What claims are tried on: the study's answers, the published values, and how sure a verdict must be."""

    answered: Mapping[CellKey, SavedResults]
    published: Mapping[CellKey, float]  # percent
    how: IntervalsParams
    margin: float  # points
    study_seed: int
    source: str = "the published tables"  # named in errors

    def row(self, claim: int, part: Part, level: float) -> Row:
        """A part's effect with its interval at `level`, and the verdict."""
        level = round(level, 6)
        published = round(_difference(part, self.published, self.source), DIGITS)
        missing = [text(words) for words in sorted(part.cells - self.answered.keys())]
        if part.lacking or missing:
            reason = f"not in this run: {part.lacking or missing[0]}" + (" and others" if len(missing) > 1 else "")
            return Row(claim, "", part.text, published, None, None, None, "undecided", level, None, None, reason)
        cells = {words: self.answered[words] for words in sorted(part.cells)}
        found = self._effect(part, cells, level)
        value, low, high = (round(number, DIGITS) + 0.0 for number in (found.value, found.low, found.high))
        verdict = judged(low, high, region(part.claimed, self.margin))
        queries, seeds = (max(each.values.shape[axis] for each in cells.values()) for axis in (1, 0))
        setting = "; ".join(dict.fromkeys(note for note in self._notes(part, cells) if note))
        return Row(claim, "", part.text, published, value, low, high, verdict, level, queries, seeds, setting)

    def _effect(self, part: Part, cells: Mapping[CellKey, SavedResults], level: float) -> Interval:
        same_queries(cells)
        weights = next(iter(cells.values())).weights
        values = {words: float(np.average(each.values.mean(0), weights=weights)) for words, each in cells.items()}
        second = max(part.rivals, key=lambda side: _sum(side, values))
        if part.one_run:
            both = combined({**part.first, **{words: -weight for words, weight in second.items()}}, cells)
            return difference(both, np.zeros_like(both), self.how, self.study_seed, level, weights)
        sides = combined(part.first, cells), combined(second, cells)
        return difference(*sides, self.how, self.study_seed, level, weights)

    def _notes(self, part: Part, cells: Mapping[CellKey, SavedResults]) -> Iterable[str]:
        bounds = {"equal": "within ±{:g} points", "no greater": "less than {:g} points above"}
        yield bounds.get(part.claimed, "").format(self.margin)
        yield from (f"{words.row}: {each.setting}" for words, each in cells.items() if each.setting)


def judge(claim: Claim, trial: Trial) -> list[Row]:
    """A claim's headline; of several parts, each of them after it, and the headline shows the one least in favour.

    A claim of m parts holds if all of them hold at the plain level (intersection-union test: no correction is
    needed). It does not hold if one of them does not hold at the level 1 − α/m (Bonferroni). Else it is undecided.
    """
    plain = trial.how.level
    rows = [trial.row(claim.number, part, plain) for part in claim.parts]
    if len(rows) == 1:
        return [replace(rows[0], text=claim.text)]
    strict = [trial.row(claim.number, part, 1 - (1 - plain) / len(rows)) for part in claim.parts]
    against = [place for place, row in enumerate(strict) if row.verdict == "does not hold"]
    shown = strict if against else rows
    missing = sum(row.effect is None for row in rows)
    least = min(against or range(len(rows)), key=lambda place: _room(shown[place], claim.parts[place], trial.margin))
    verdict: Verdict = "undecided"
    if against:
        verdict = "does not hold"
    elif all(row.verdict == "holds" for row in rows):
        verdict = "holds"
    counts = f"{sum(row.verdict == 'holds' for row in rows)} of {len(rows)} parts hold"
    lacking = f", {missing} not in this run" if missing else ""
    setting = f"{counts}{lacking}; shown: part {letters(least)}"
    headline = replace(shown[least], text=claim.text, verdict=verdict, setting=setting)
    return [headline, *(replace(row, part=letters(place)) for place, row in enumerate(rows))]


def summary(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """How many claims got which verdict, and every effect by claim and part."""
    headlines = [row.verdict for row in rows if not row.part]
    effects: dict[str, dict[str, float]] = {}
    for row in rows:
        if row.effect is not None:
            effects.setdefault(str(row.claim), {})[row.part or "headline"] = row.effect
    return {"verdicts": {verdict: headlines.count(verdict) for verdict in get_args(Verdict)}, "effects": effects}


def published_values(text: str, source: str) -> dict[CellKey, float]:
    """Percent by place, from the published tables' CSV text; `source` names them in errors."""
    try:
        rows = list(csv.DictReader(io.StringIO(text)))
        return {CellKey(*(row[name] for name in CellKey._fields)): float(row["value"]) for row in rows}
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{source}: expected columns {CellKey._fields} and a number as value ({error})") from error


def region(claimed: Claimed, margin: float) -> tuple[float, float]:
    """The open interval in which an effect is claimed to lie."""
    return {"greater": (0.0, inf), "less": (-inf, 0.0), "no greater": (-inf, margin), "equal": (-margin, margin)}[
        claimed
    ]


def judged(low: float, high: float, inside: tuple[float, float]) -> Verdict:
    """The rule: where an interval lies to the claimed one."""
    if inside[0] < low and high < inside[1]:
        return "holds"
    return "does not hold" if high < inside[0] or inside[1] < low else "undecided"


def combined(side: Side, cells: Mapping[CellKey, SavedResults]) -> Float[np.ndarray, "seed query"]:
    """Σ weight · answers, seed by seed; what was not trained has one seed and stands beside each of the others."""
    seeds = {cells[words].seeds for words in side if len(cells[words].seeds) > 1}
    if len(seeds) > 1:
        raise InputError(f"answers: {', '.join(map(text, side))} must share their training seeds, found {seeds}")
    return sum((weight * cells[words].values for words, weight in side.items()), np.zeros((1, 1))).astype(np.float32)


def letters(place: int) -> str:
    """a, b, …, z, aa, ab, …"""
    pairs = ["".join(pair) for pair in product(ascii_lowercase, repeat=2)]
    return [*ascii_lowercase, *pairs][place]


def _difference(part: Part, values: Mapping[CellKey, float], source: str) -> float:
    """The effect in published values, which come from `source`."""
    first, *rivals = part.published or (part.first, *part.rivals)
    if missing := sorted({words for side in (first, *rivals) for words in side} - values.keys()):
        raise InputError(f"{source}: no {text(missing[0])}, which a claim compares")
    return _sum(first, values) - max(_sum(side, values) for side in rivals)


def _sum(side: Side, values: Mapping[CellKey, float]) -> float:
    return sum(weight * values[words] for words, weight in side.items())


def _room(row: Row, part: Part, margin: float) -> tuple[bool, float]:
    """How far an interval keeps from the border of the claimed one; least for the part least in favour."""
    if row.ci_low is None or row.ci_high is None:
        return False, 0.0
    low, high = region(part.claimed, margin)
    return True, min(row.ci_low - low, high - row.ci_high)
