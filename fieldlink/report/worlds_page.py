"""The page of a study's worlds: verdicts with their forest plot, every cell, and other families beside them."""

from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Any

from fieldlink.evaluation.worlds.summaries import CellSummary, ClaimSummary
from fieldlink.report import charts, interval_charts, thumbnails
from fieldlink.report.claims_section import SYMBOLS, style_class
from fieldlink.report.html_templates import fill
from fieldlink.report.labels import column_label, label
from fieldlink.report.world_families import WorldFamily

COLOURS = {"holds": "#2e7d4f", "does not hold": "#b3362c", "undecided": charts.MUTED}
NAN = float("nan")


def worlds_html(family: WorldFamily, differences: Sequence[Mapping[str, Any]], base: str, others: Sequence[str]) -> str:
    """The whole page, self-contained.

    `differences`: those from the family `base`. `others`: families with their own page.
    """
    chart = forest(family)
    tables: dict[str, list[dict[str, Any]]] = {}
    for cell in family.cells:
        tables.setdefault(cell.key.table, []).append(_cell(cell))
    page = {
        "commit": family.commit[:10],
        "family": family.name,
        "base": base or "the commit's own parameters",
        "seeds": [world.seed for world in family.worlds],
        "level": f"{100 * family.level:.5g}",
        "forest": {"uri": thumbnails.data_uri(chart.svg, "image/svg+xml"), "alt": chart.alt} if family.claims else None,
        "verdicts": [(name, style_class(name), _count(family, name)) for name in COLOURS],
        "claims": [_claim(claim, family.claims) for claim in family.claims if not claim.part],
        "tables": tables,
        "differences": [_difference(line) for line in differences if _is_apart(line)],
        "compared": len(differences),
        "others": others,
    }
    return fill("worlds.html", page)


def forest(family: WorldFamily) -> charts.Chart:
    """The claims over worlds. A study without claims' effects has an empty plot."""
    rows = []
    for claim in family.claims:
        if not claim.part:
            spread, key = claim.spread, (claim.claim, claim.part)
            rows.append(
                interval_charts.ForestRow(
                    f"{claim.claim}. {shorten(claim.text, 100, placeholder=' …')}",
                    spread.mean,
                    (_number(spread.ci_low), _number(spread.ci_high)),
                    (_number(spread.prediction_low), _number(spread.prediction_high)),
                    [world.claims[key].value for world in family.worlds if key in world.claims],
                    _number(claim.published),
                    COLOURS[claim.verdict],
                )
            )
    title = f"Claims over {len(family.worlds)} worlds"
    alt = f"{title}: means with intervals; the numbers stand in the list below"
    return charts.Chart(interval_charts.forest(rows, title, "effect in points"), alt)


def _claim(claim: ClaimSummary, rows: Sequence[ClaimSummary]) -> dict[str, Any]:
    parts = [_row(row) for row in rows if row.claim == claim.claim and row.part]
    return {**_row(claim), "number": claim.claim, "parts": parts}


def _row(row: ClaimSummary) -> dict[str, Any]:
    return {
        "part": row.part,
        "text": row.text,
        "published": row.published,
        "spread": row.spread,
        "verdict": _verdict(row.verdict),
        "of_twelve": _verdict(row.verdict_of_twelve),
        "needed": row.worlds_needed,
    }


def _verdict(verdict: str | None) -> dict[str, str] | None:
    return {"verdict": verdict, "style": style_class(verdict), "symbol": SYMBOLS[verdict]} if verdict else None


def _cell(cell: CellSummary) -> dict[str, Any]:
    key = cell.key
    return {
        "row": label(key.row),
        "column": column_label(key.column),
        "published": cell.published,
        "spread": cell.spread,
    }


def _difference(line: Mapping[str, Any]) -> dict[str, Any]:
    return {**line, "row": label(line["row"]), "column": column_label(line["column"])}


def _is_apart(line: Mapping[str, Any]) -> bool:
    """Whether the interval of a difference leaves out 0."""
    return line["ci_low"] is not None and not line["ci_low"] <= 0 <= line["ci_high"]


def _count(family: WorldFamily, verdict: str) -> int:
    return sum(claim.verdict == verdict and not claim.part for claim in family.claims)


def _number(value: float | None) -> float:
    return NAN if value is None else value
