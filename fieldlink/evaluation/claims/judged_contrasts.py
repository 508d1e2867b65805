"""Contrasts with their intervals, verdicts and p-values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from fieldlink.core.seeds import seed_of
from fieldlink.core.variants import parse
from fieldlink.evaluation.claims.claim_rows import ClaimRow, Verdict
from fieldlink.evaluation.claims.contrasts import Contrast, claimed_region
from fieldlink.evaluation.claims.effects import Effect, estimates
from fieldlink.evaluation.claims.evidence import Evidence
from fieldlink.evaluation.claims.multiple_tests import joint_tail
from fieldlink.evaluation.measures.variance_components import Estimates
from fieldlink.evaluation.results.table_cells import DIGITS


@dataclass(frozen=True)
class JudgedContrast:
    """A contrast's row, and how sure its verdict is."""

    row: ClaimRow
    p: float = 1.0  # of its verdict, two-sided and without a correction; 1 where this run can't decide


def judged_contrasts(claim: int, contrasts: Sequence[Contrast], evidence: Evidence) -> list[JudgedContrast]:
    """Rows in the order of `contrasts`.

    Intervals are widened so that, on each side, all of them hold at once with the probability that one interval has at
    `evidence.level`. A single contrast isn't widened.
    """
    present = [index for index, contrast in enumerate(contrasts) if not evidence.lacking(contrast)]
    of_one_seed = {index for index in present if _has_one_training_seed(contrasts[index], evidence)}
    rows = [
        _row_without_effect(claim, contrast, evidence, one_seed=index in of_one_seed)
        for index, contrast in enumerate(contrasts)
    ]
    results = [JudgedContrast(row) for row in rows]
    if not present:
        return results
    effects = [[Effect.of(part, evidence.results) for part in contrasts[index].parts] for index in present]
    means, plain = estimates(effects), (1 - evidence.level) / 2
    tail = joint_tail(means.correlation, plain, evidence.claims.draws, seed_of(evidence.study_seed, "claim", claim))
    for mean, (index, several) in enumerate(zip(present, effects, strict=True)):
        region = claimed_region(contrasts[index].claimed, evidence.claims.margin)
        row = _row_of(rows[index], means, mean, tail, region)
        queries = {effect.first.queries: effect.values.shape[1] for effect in several}
        seeds = max(len(effect.values) for effect in several)
        row = replace(row, n=sum(queries.values()), seeds=seeds)
        if index in of_one_seed:
            results[index] = JudgedContrast(replace(row, verdict="undecided"))
        else:
            results[index] = JudgedContrast(row, p_value(means, mean, region))
    return results


def p_value(means: Estimates, mean: int, region: tuple[float, float]) -> float:
    """The p-value of a verdict.

    It is below 1 − level exactly if the interval of that level lies wholly inside or wholly outside `region` (points).
    """
    inside, outside = list[float](), list[float]()
    for border, sign in zip(region, (1, -1), strict=True):
        if isfinite(border):
            distance = sign * (float(means.means[mean]) - border / 100)
            inside.append(means.tail(mean, distance))
            outside.append(means.tail(mean, -distance))
    return min(1.0, 2 * min(max(inside), *outside))


def verdict_of(low: float, high: float, region: tuple[float, float]) -> Verdict:
    """An effect holds if its whole interval lies inside the claimed one, does not if outside, and else is undecided."""
    if region[0] < low and high < region[1]:
        return "holds"
    return "does not hold" if high < region[0] or region[1] < low else "undecided"


def _row_of(row: ClaimRow, means: Estimates, mean: int, tail: float, region: tuple[float, float]) -> ClaimRow:
    effect, reach = 100 * float(means.means[mean]), 100 * float(means.half_widths(tail)[mean])
    value, low, high = (round(number, DIGITS) + 0.0 for number in (effect, effect - reach, effect + reach))
    verdict, level = verdict_of(low, high, region), round(1 - 2 * tail, 6)
    return replace(row, effect=value, ci_low=low, ci_high=high, verdict=verdict, level=level)


def _row_without_effect(claim: int, contrast: Contrast, evidence: Evidence, *, one_seed: bool) -> ClaimRow:
    published = round(float(np.mean([evidence.published_effect(part) for part in contrast.parts])), DIGITS) + 0.0
    return ClaimRow(
        claim=claim,
        part="",
        text=contrast.text,
        published_effect=published,
        effect=None,
        ci_low=None,
        ci_high=None,
        verdict="undecided",
        verdict_of_twelve="",
        level=evidence.level,
        n=None,
        seeds=None,
        setting="; ".join(dict.fromkeys(_notes(contrast, evidence, one_seed=one_seed))),
    )


def _has_one_training_seed(contrast: Contrast, evidence: Evidence) -> bool:
    """Whether a model that is trained was trained once: an interval then leaves out what other seeds would change."""
    trained = [evidence.results[key] for key in contrast.cells if parse(key.row).method in (None, "ensemble")]
    return any(len(cell.seeds) < 2 for cell in trained)


def _notes(contrast: Contrast, evidence: Evidence, *, one_seed: bool) -> Iterator[str]:
    """Why there is no effect, or else the margin and the settings of its cells."""
    if missing := evidence.lacking(contrast):
        yield f"not in this run: {missing[0]}" + (" and others" if len(missing) > 1 else "")
        return
    bounds = {"equal": "within ±{:g} points", "no greater": "less than {:g} points above"}
    if contrast.claimed in bounds:
        yield bounds[contrast.claimed].format(evidence.claims.margin)
    if one_seed:
        yield "one training seed, which does not say how others differ"
    for key in sorted(contrast.cells):
        if setting := evidence.results[key].setting:
            yield f"{key.row}: {setting}"
