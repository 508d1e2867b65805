"""Measured times as the page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldlink.report.charts import Chart

FROM_WEIGHTS = "from the weights"  # the way that the others are compared with


@dataclass(frozen=True)
class Speed:
    """Median milliseconds to name one NeRF's class, by the way it is done, all on one device."""

    milliseconds: Mapping[str, float]
    repetitions: int
    device: str

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """Way, milliseconds, and how many times as long as from the weights."""
        first = self.milliseconds[FROM_WEIGHTS]
        return [(name, f"{value:,.3g}", f"{value / first:,.3g}") for name, value in self.milliseconds.items()]

    @property
    def chart(self) -> "Chart":
        from fieldlink.report import charts

        svg = charts.bars(self.milliseconds, "Milliseconds to name one NeRF's class", unit="milliseconds, log scale")
        return charts.Chart(svg, "; ".join(f"{name}: {value} ms" for name, value, _ in self.rows))
