"""A finding of the preflight, and the table of all findings."""

from collections.abc import Sequence
from typing import Literal, NamedTuple


class Finding(NamedTuple):
    """One row of the table."""

    subject: str
    state: Literal["ok", "missing", "note"]
    detail: str  # what is there, or what to do


def table(findings: Sequence[Finding]) -> str:
    """Lines of text with aligned columns."""
    widths = [max(len(finding[column]) for finding in findings) for column in (0, 1)]
    return "\n".join(f"{subject:{widths[0]}}  {state:{widths[1]}}  {detail}" for subject, state, detail in findings)
