"""Lines of the files of reports/worlds: effects, claims, cells and differences between families, over worlds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fieldlink.evaluation.claims.claim_rows import Verdict
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.table_cells import DIGITS
from fieldlink.evaluation.worlds.claimed_contrasts import ClaimedContrast, ClaimKey
from fieldlink.evaluation.worlds.pooling import pool
from fieldlink.evaluation.worlds.spread import Spread, corrected_level, rounded
from fieldlink.evaluation.worlds.world_files import World
from fieldlink.evaluation.worlds.world_verdicts import decision, verdict, verdicts_together, worlds_needed


@dataclass(frozen=True)
class ClaimSummary:
    """A claim, or a part of one, over worlds."""

    claim: int
    part: str
    text: str
    published: float | None
    spread: Spread
    verdict: Verdict
    verdict_of_twelve: Verdict | None  # of claims, not of parts
    worlds_needed: int | None  # more; None where no number was found

    def line(self) -> dict[str, Any]:
        """Its line of claims.csv."""
        return {
            "claim": self.claim,
            "part": self.part,
            "text": self.text,
            "published_effect": self.published,
            "effect": self.spread.mean,
            **self.spread.columns(),
            "verdict": self.verdict,
            "verdict_of_twelve": self.verdict_of_twelve,
            "worlds_needed": self.worlds_needed,
        }


@dataclass(frozen=True)
class CellSummary:
    """A cell of a table over worlds."""

    key: CellKey
    published: float | None
    spread: Spread

    def line(self) -> dict[str, Any]:
        """Its line of cells.csv."""
        key = self.key._asdict()
        return {**key, "published": self.published, "value": self.spread.mean, **self.spread.columns()}


def effect_lines(worlds: Sequence[World]) -> list[dict[str, Any]]:
    """Every effect of every world, by claim, part and world."""
    return [
        {"claim": key[0], "part": key[1], "world": world.seed, "effect": world.claims[key].value}
        for key in _all_keys(world.claims for world in worlds)
        for world in worlds
        if key in world.claims
    ]


def claim_summaries(
    worlds: Sequence[World], contrasts: Mapping[ClaimKey, ClaimedContrast], level: float
) -> list[ClaimSummary]:
    """Every claim and part over the worlds that have it. `contrasts`: what each claims.

    Intervals and verdicts of parts are corrected for the number of parts that a claim has; `verdict_of_twelve` is for
    all claims of `contrasts`, also those that no world has.
    """
    keys = [key for key in _all_keys(world.claims for world in worlds) if key in contrasts]
    summaries, decisions = [], dict[ClaimKey, tuple[Verdict, float]]()
    for key in keys:
        effects = [world.claims[key] for world in worlds if key in world.claims]
        judged_count = sum(claim == key[0] and bool(part) for claim, part in keys) if key[1] else 1
        spread, pooled = Spread.of(effects, level, judged_count)
        corrected = corrected_level(level, judged_count)
        if not key[1]:
            decisions[key] = decision(pooled, contrasts[key].region)
        summaries.append(
            ClaimSummary(
                claim=key[0],
                part=key[1],
                text=effects[0].text,
                published=rounded(effects[0].published),
                spread=spread,
                verdict=verdict(pooled, contrasts[key].region, corrected),
                verdict_of_twelve=None,
                worlds_needed=worlds_needed(pooled, contrasts[key].region, corrected),
            )
        )
    absent: list[tuple[Verdict, float]] = [
        ("undecided", 1.0) for key in contrasts if not key[1] and key not in decisions
    ]
    joint_verdicts = dict(zip(decisions, verdicts_together([*decisions.values(), *absent], level), strict=False))
    return [replace(row, verdict_of_twelve=joint_verdicts.get((row.claim, row.part))) for row in summaries]


def cell_summaries(worlds: Sequence[World], published: Mapping[CellKey, float], level: float) -> list[CellSummary]:
    """Every cell of a table over the worlds that have it, in the order of the tables."""
    summaries = []
    for key in dict.fromkeys(key for world in worlds for key in world.cells):
        cells = [world.cells[key] for world in worlds if key in world.cells]
        lowest = -100.0 if any(cell.value < 0 for cell in cells) else 0.0  # silhouettes may be negative
        summaries.append(CellSummary(key, published.get(key), Spread.of(cells, level)[0].within(lowest, 100.0)))
    return summaries


def component_lines(claims: Sequence[ClaimSummary], cells: Sequence[CellSummary]) -> list[dict[str, Any]]:
    """Lines of components.csv: how far worlds, training seeds and queries move one world's number."""
    nothing: dict[str, Any] = dict.fromkeys(("claim", "part", *CellKey._fields))
    of_claims = [{**nothing, "claim": row.claim, "part": row.part, **row.spread.components()} for row in claims]
    return [*of_claims, *({**nothing, **row.key._asdict(), **row.spread.components()} for row in cells)]


def difference_lines(worlds: Sequence[World], others: Sequence[World], level: float) -> list[dict[str, Any]]:
    """Every cell of `others` less that of the world of the same study seed in `worlds`."""
    base = {world.seed: world for world in worlds}
    pairs = [(base[other.seed], other) for other in others if other.seed in base]
    lines = []
    for key in dict.fromkeys(key for _, other in pairs for key in other.cells):
        cells = [
            (first.cells[key], second.cells[key])
            for first, second in pairs
            if key in first.cells and key in second.cells
        ]
        if cells:
            pooled = pool(np.array([second.value - first.value for first, second in cells]))
            low, high = map(rounded, pooled.interval(level))
            line = {**key._asdict(), "difference": round(pooled.mean, DIGITS) + 0.0, "ci_low": low, "ci_high": high}
            lines.append({**line, "worlds": pooled.worlds})
    return lines


def _all_keys(groups: Iterable[Mapping[ClaimKey, Any]]) -> list[ClaimKey]:
    return sorted({key for group in groups for key in group})
