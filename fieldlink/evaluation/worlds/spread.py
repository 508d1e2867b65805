"""What worlds say of one number: mean, intervals, and how far world, training seeds and queries move it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fieldlink.evaluation.results.table_cells import DIGITS
from fieldlink.evaluation.worlds.pooling import PooledEffect, pool
from fieldlink.evaluation.worlds.world_files import WorldEffect


@dataclass(frozen=True)
class Spread:
    """What the worlds say of one number, in points or percent. A field is None where one world can't say it."""

    mean: float
    ci_low: float | None
    ci_high: float | None
    sd_between: float | None  # of worlds, without the noise within them
    sd_within: float | None  # of the noise within one world
    sd_seeds: float | None  # the part of it that training seeds add; None where that isn't known
    sd_queries: float | None  # the part that queries add
    prediction_low: float | None
    prediction_high: float | None
    worlds: int

    @staticmethod
    def of(effects: Sequence[WorldEffect], level: float, numbers: int = 1) -> tuple["Spread", PooledEffect]:
        """Of one number in several worlds, with the pooled effect behind it.

        `numbers`: how many are judged together, for whose number the mean's interval is corrected (Bonferroni).
        """
        pooled = pool(np.array([effect.value for effect in effects]), np.array([effect.within for effect in effects]))
        seeds = float(np.mean([effect.seed_part for effect in effects]))
        queries = max(0.0, pooled.sd_within**2 - seeds) if np.isfinite(seeds) else float("nan")
        low, high = map(rounded, pooled.interval(corrected_level(level, numbers)))
        next_low, next_high = map(rounded, pooled.prediction(level))
        spread = Spread(
            mean=round(pooled.mean, DIGITS) + 0.0,
            ci_low=low,
            ci_high=high,
            sd_between=rounded(pooled.sd_between),
            sd_within=rounded(pooled.sd_within),
            sd_seeds=rounded(seeds**0.5),
            sd_queries=rounded(queries**0.5),
            prediction_low=next_low,
            prediction_high=next_high,
            worlds=pooled.worlds,
        )
        return spread, pooled

    def within(self, lowest: float, highest: float) -> "Spread":
        """The same with all bounds between these two."""
        names = ("ci_low", "ci_high", "prediction_low", "prediction_high")
        bounds = {name: getattr(self, name) for name in names}
        return replace(self, **{name: min(max(b, lowest), highest) for name, b in bounds.items() if b is not None})

    def columns(self) -> dict[str, float | int | None]:
        """All but the mean, as claims.csv and cells.csv have them."""
        names = ("ci_low", "ci_high", "sd_between", "prediction_low", "prediction_high", "worlds")
        return {name: getattr(self, name) for name in names}

    def components(self) -> dict[str, float | None]:
        """The variance components' square roots, as components.csv has them."""
        return {name: getattr(self, name) for name in ("sd_between", "sd_within", "sd_seeds", "sd_queries")}


def corrected_level(level: float, numbers: int) -> float:
    """The confidence of each of several intervals that all hold at once with confidence `level` (Bonferroni)."""
    return 1 - (1 - level) / numbers


def rounded(number: float) -> float | None:
    """The number with the digits of a table. NaN gives None."""
    return round(number, DIGITS) + 0.0 if np.isfinite(number) else None
