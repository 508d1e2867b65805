"""Verdicts on pooled effects: where the claimed region is, how sure, how many worlds are lacking."""

from collections.abc import Sequence
from math import isfinite

import numpy as np
from scipy.stats import t

from fieldlink.evaluation.claims.claim_rows import Verdict
from fieldlink.evaluation.claims.multiple_tests import holm
from fieldlink.evaluation.worlds.pooling import PooledEffect

Region = tuple[float, float]  # open interval of the claimed effects; an end may be infinite
POWER = 0.8  # chance of a decision that the number of worlds needed is planned for
MOST_WORLDS = 1000


def decision(effect: PooledEffect, region: Region) -> tuple[Verdict, float]:
    """The verdict that the effect leans to, and the smallest α at which its 1 − α interval decides it.

    An effect holds if its interval lies inside the region, and does not hold if it lies outside.
    """
    if effect.worlds == 1:
        return "undecided", 1.0
    above_low = _two_sided_p(effect, region[0])
    below_high = _two_sided_p(effect, region[1])
    if region[0] < effect.mean < region[1]:
        return "holds", max(above_low, below_high)
    return "does not hold", below_high if effect.mean >= region[1] else above_low


def verdict(effect: PooledEffect, region: Region, level: float) -> Verdict:
    """The verdict at one confidence level."""
    leaning, p = decision(effect, region)
    return leaning if p < 1 - level else "undecided"


def verdicts_together(decisions: Sequence[tuple[Verdict, float]], level: float) -> list[Verdict]:
    """Verdicts of which, with confidence `level`, none is wrong: Holm's procedure."""
    adjusted = holm([p for _, p in decisions])
    return [leaning if p < 1 - level else "undecided" for (leaning, _), p in zip(decisions, adjusted, strict=True)]


def worlds_needed(effect: PooledEffect, region: Region, level: float) -> int | None:
    """How many more worlds decide a verdict four times in five, if mean and spread stay as they are.

    0 for a decided verdict; None for one world, and where more than `MOST_WORLDS` would be needed.
    """
    if effect.worlds == 1:
        return None
    if verdict(effect, region, level) != "undecided":
        return 0
    distance = min(abs(effect.mean - border) for border in region if isfinite(border))
    spread = effect.std_error * effect.worlds**0.5
    worlds = np.arange(effect.worlds + 1, MOST_WORLDS + 1)
    reach = (t.ppf((1 + level) / 2, worlds - 1) + t.ppf(POWER, worlds - 1)) * spread / np.sqrt(worlds)
    enough = worlds[reach < distance]
    return int(enough[0]) - effect.worlds if len(enough) else None


def _two_sided_p(effect: PooledEffect, border: float) -> float:
    """p of Student's test that the mean lies on the border."""
    if not isfinite(border):
        return 0.0
    if effect.std_error == 0:
        return float(effect.mean == border)
    return 2 * float(t.sf(abs(effect.mean - border) / effect.std_error, effect.worlds - 1))
