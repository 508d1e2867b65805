"""The verdict on every claim and on each of its parts (docs/statistics.md)."""

from collections.abc import Sequence
from dataclasses import replace

from fieldlink.evaluation.claims.claim_rows import ClaimRow, Verdict, letters
from fieldlink.evaluation.claims.contrasts import Conclusion, Contrast
from fieldlink.evaluation.claims.evidence import Evidence
from fieldlink.evaluation.claims.judged_contrasts import JudgedContrast, judged_contrasts
from fieldlink.evaluation.claims.multiple_tests import holm


def judged_together(conclusions: Sequence[Conclusion], evidence: Evidence) -> list[ClaimRow]:
    """The rows of all claims, numbered from 1: each claim's primary contrast, then its parts.

    Holm's procedure over the primary contrasts says which verdicts stand when all are judged together.
    """
    claims = [judged(number, conclusion, evidence) for number, conclusion in enumerate(conclusions, start=1)]
    rows = list[ClaimRow]()
    for (primary, parts), p in zip(claims, holm([primary.p for primary, _ in claims]), strict=True):
        verdict: Verdict = primary.row.verdict if p < 1 - evidence.level else "undecided"
        rows.append(replace(primary.row, verdict_of_twelve=verdict, setting=_with_counts(primary.row, parts)))
        rows += [replace(part.row, part=letters(index)) for index, part in enumerate(parts)]
    return rows


def judged(number: int, conclusion: Conclusion, evidence: Evidence) -> tuple[JudgedContrast, list[JudgedContrast]]:
    """A claim by itself: its primary contrast at the plain level, and its parts at one that is corrected for all."""
    primary = Contrast(conclusion.text, conclusion.primary)
    parts = [Contrast(part.text, [part]) for part in conclusion.parts]
    return judged_contrasts(number, [primary], evidence)[0], judged_contrasts(number, parts, evidence)


def _with_counts(primary: ClaimRow, parts: Sequence[JudgedContrast]) -> str:
    """What is known of a claim, and how many of its parts hold."""
    verdicts = [part.row.verdict for part in parts]
    missing = sum(part.row.effect is None for part in parts)
    counts = f"{verdicts.count('holds')} of {len(parts)} parts hold, {verdicts.count('does not hold')} do not"
    lacking = f", {missing} not in this run" if missing else ""
    return "; ".join(text for text in (primary.setting, counts + lacking) if text)
