"""What claims are tested on, and the effect of one part with its interval."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from fieldlink.core.errors import InputError
from fieldlink.core.params import IntervalsParams
from fieldlink.evaluation.claims.claim_rows import ClaimRow, Verdict
from fieldlink.evaluation.claims.contrasts import Part, Side, claimed_region
from fieldlink.evaluation.measures.intervals import Interval, difference
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.saved_results import SavedResults, readable, require_same_queries
from fieldlink.evaluation.results.table_cells import DIGITS


@dataclass(frozen=True)
class Evidence:
    """The study's results per query, the published values, and how sure a verdict must be."""

    results: Mapping[CellKey, SavedResults]
    published: Mapping[CellKey, float]  # percent
    intervals: IntervalsParams
    margin: float  # points
    study_seed: int
    source: str = "the published tables"  # named in errors

    def row(self, claim: int, part: Part, level: float) -> ClaimRow:
        """A part's effect with its interval at `level`, and the verdict."""
        level = round(level, 6)
        published = round(_published_effect(part, self.published, self.source), DIGITS)
        missing = [readable(key) for key in sorted(part.cells - self.results.keys())]
        if part.lacking or missing:
            reason = f"not in this run: {part.lacking or missing[0]}" + (" and others" if len(missing) > 1 else "")
            none = None, None, None
            return ClaimRow(claim, "", part.text, published, *none, "undecided", "", level, None, None, reason)
        cells = {key: self.results[key] for key in sorted(part.cells)}
        effect = self._effect(part, cells, level)
        value, low, high = (round(number, DIGITS) + 0.0 for number in (effect.value, effect.low, effect.high))
        verdict = verdict_of(low, high, claimed_region(part.claimed, self.margin))
        queries, seeds = (max(result.values.shape[axis] for result in cells.values()) for axis in (1, 0))
        setting = "; ".join(dict.fromkeys(note for note in self._notes(part, cells) if note))
        return ClaimRow(claim, "", part.text, published, value, low, high, verdict, "", level, queries, seeds, setting)

    def _effect(self, part: Part, cells: Mapping[CellKey, SavedResults], level: float) -> Interval:
        require_same_queries(cells)
        weights = next(iter(cells.values())).weights
        means = {key: float(np.average(result.values.mean(0), weights=weights)) for key, result in cells.items()}
        second = max(part.rivals, key=lambda side: _weighted_sum(side, means))
        if part.one_run:
            both = combined_values({**part.first, **{key: -weight for key, weight in second.items()}}, cells)
            return difference(both, np.zeros_like(both), self.intervals, self.study_seed, level, weights)
        first_values, second_values = combined_values(part.first, cells), combined_values(second, cells)
        return difference(first_values, second_values, self.intervals, self.study_seed, level, weights)

    def _notes(self, part: Part, cells: Mapping[CellKey, SavedResults]) -> Iterable[str]:
        bounds = {"equal": "within ±{:g} points", "no greater": "less than {:g} points above"}
        yield bounds.get(part.claimed, "").format(self.margin)
        yield from (f"{key.row}: {result.setting}" for key, result in cells.items() if result.setting)


def verdict_of(low: float, high: float, region: tuple[float, float]) -> Verdict:
    """A part holds if its whole interval lies inside the claimed one, does not if outside; else it is undecided."""
    if region[0] < low and high < region[1]:
        return "holds"
    return "does not hold" if high < region[0] or region[1] < low else "undecided"


def published_values(text: str, source: str) -> dict[CellKey, float]:
    """Percent by cell, from the published tables' CSV text; `source` names them in errors."""
    try:
        rows = list(csv.DictReader(io.StringIO(text)))
        return {CellKey(*(row[name] for name in CellKey._fields)): float(row["value"]) for row in rows}
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{source}: expected columns {CellKey._fields} and a number as value ({error})") from error


def combined_values(side: Side, cells: Mapping[CellKey, SavedResults]) -> Float[np.ndarray, "seed query"]:
    """Σ weight · values, seed by seed; what was not trained has one seed and stands beside each of the others."""
    seeds = {cells[key].seeds for key in side if len(cells[key].seeds) > 1}
    if len(seeds) > 1:
        raise InputError(f"answers: {', '.join(map(readable, side))} must share their training seeds, found {seeds}")
    return sum((weight * cells[key].values for key, weight in side.items()), np.zeros((1, 1))).astype(np.float32)


def _published_effect(part: Part, values: Mapping[CellKey, float], source: str) -> float:
    """The effect in published values, which come from `source`."""
    first, *rivals = part.published or (part.first, *part.rivals)
    if missing := sorted({key for side in (first, *rivals) for key in side} - values.keys()):
        raise InputError(f"{source}: no {readable(missing[0])}, which a claim compares")
    return _weighted_sum(first, values) - max(_weighted_sum(side, values) for side in rivals)


def _weighted_sum(side: Side, values: Mapping[CellKey, float]) -> float:
    return sum(weight * values[key] for key, weight in side.items())
