"""One row of what was looked at, and the table of all."""

from collections.abc import Sequence
from typing import Literal, NamedTuple


class Finding(NamedTuple):
    what: str
    state: Literal["ok", "missing", "note"]
    detail: str  # what was found, or what to do


def table(findings: Sequence[Finding]) -> str:
    """Aligned columns."""
    widths = [max(len(row[column]) for row in findings) for column in (0, 1)]
    return "\n".join(f"{what:{widths[0]}}  {state:{widths[1]}}  {detail}" for what, state, detail in findings)
