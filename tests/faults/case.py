"""One row of the fault matrix, and the small study on which faults are inflicted."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """A fault, what the user sees, and what is kept."""

    group: str  # inputs, datasets, models, parameters or machine
    fault: str
    seen: str  # text in the message; a whole word of it is never a path of the test
    kept: str
    inflict: Callable[[Path], object]  # in a new folder; raises, or gives the message

    @property
    def name(self) -> str:
        """For pytest's list of tests."""
        return f"{self.group}: {self.fault}"

    @property
    def line(self) -> str:
        """The row in docs/faults.md."""
        return f"| {self.group} | {self.fault} | `{self.seen}` | {self.kept} |"
