"""The verdict on a whole claim, from the intervals of its parts."""

from collections.abc import Sequence
from dataclasses import replace

from fieldlink.evaluation.claims.claim_rows import ClaimRow, Verdict, letters
from fieldlink.evaluation.claims.contrasts import Claim, Part, claimed_region
from fieldlink.evaluation.claims.evidence import Evidence


def claim_rows(claim: Claim, evidence: Evidence) -> list[ClaimRow]:
    """A claim's headline; of several parts, each of them after it, and the headline shows the one least in favour.

    A claim of m parts holds if all of them hold at the plain level (intersection-union test: no correction is
    needed). It does not hold if one of them does not hold at the level 1 − α/m (Bonferroni). Else it is undecided.
    """
    level = evidence.intervals.level
    rows = [evidence.row(claim.number, part, level) for part in claim.parts]
    if len(rows) == 1:
        return [replace(rows[0], text=claim.text)]
    strict = [evidence.row(claim.number, part, 1 - (1 - level) / len(rows)) for part in claim.parts]
    against = [place for place, row in enumerate(strict) if row.verdict == "does not hold"]
    candidates = strict if against else rows
    least = min(
        against or range(len(rows)),
        key=lambda place: _distance_inside(candidates[place], claim.parts[place], evidence.margin),
    )
    headline = replace(
        candidates[least], text=claim.text, verdict=_verdict(rows, bool(against)), setting=_counts(rows, least)
    )
    return [headline, *(replace(row, part=letters(place)) for place, row in enumerate(rows))]


def _verdict(rows: Sequence[ClaimRow], against: bool) -> Verdict:
    if against:
        return "does not hold"
    return "holds" if all(row.verdict == "holds" for row in rows) else "undecided"


def _counts(rows: Sequence[ClaimRow], least: int) -> str:
    counts = f"{sum(row.verdict == 'holds' for row in rows)} of {len(rows)} parts hold"
    missing = sum(row.effect is None for row in rows)
    lacking = f", {missing} not in this run" if missing else ""
    return f"{counts}{lacking}; shown: part {letters(least)}"


def _distance_inside(row: ClaimRow, part: Part, margin: float) -> tuple[bool, float]:
    """How far an interval lies inside the claimed one's borders; a part without an interval comes first."""
    if row.ci_low is None or row.ci_high is None:
        return False, 0.0
    low, high = claimed_region(part.claimed, margin)
    return True, min(row.ci_low - low, high - row.ci_high)
