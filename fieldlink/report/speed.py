"""Measured times of naming one NeRF's class, as the page prints them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldlink.report.charts import Chart

FROM_WEIGHTS = "from the weights"  # the method that the others are compared with


@dataclass(frozen=True)
class NamingSpeed:
    """Median milliseconds to name one NeRF's class, by method, all on one device."""

    milliseconds: Mapping[str, float]
    repetitions: int
    device: str

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """Method, milliseconds, and these as a multiple of the time from the weights."""
        reference = self.milliseconds[FROM_WEIGHTS]
        return [(method, f"{value:,.3g}", f"{value / reference:,.3g}") for method, value in self.milliseconds.items()]

    @property
    def chart(self) -> "Chart":
        from fieldlink.report import charts

        svg = charts.bars(self.milliseconds, "Milliseconds to name one NeRF's class", unit="milliseconds, log scale")
        return charts.Chart(svg, "; ".join(f"{method}: {value} ms" for method, value, _ in self.rows))
