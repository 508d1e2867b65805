"""Benchmarks as `make bench` writes them, one JSON file each, and as the page prints them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fieldlink.report.charts import Chart, bars, measured_lines


@dataclass(frozen=True)
class BenchmarkCurves:
    """Measured lines over a common axis, by name."""

    title: str
    x: str
    y: str
    lines: Mapping[str, Sequence[Sequence[float | int]]]  # x and y values


@dataclass(frozen=True)
class Benchmark:
    """Median seconds of a baseline and of this project for the same work, with the quality of both results."""

    name: str
    aim: str
    baseline: str  # what it is, and why it is fair
    unit: str  # what the seconds are of
    baseline_seconds: float | None
    ours_seconds: float | None
    ratio: float | None  # baseline to ours
    spread: Mapping[str, Sequence[float]]  # lowest and highest, of baseline and ours
    repetitions: int
    quality_baseline: Mapping[str, float]
    quality_ours: Mapping[str, float]
    sizes: Mapping[str, Any]
    machine: str
    versions: Mapping[str, str]
    also: Mapping[str, float] = field(default_factory=dict)  # other measured numbers, units in their names
    curves: Sequence[Mapping[str, Any]] = ()  # of `BenchmarkCurves`
    remarks: Sequence[str] = ()
    limit_seconds: float | None = None  # of the same work's matrix products alone, as fast as this machine does them

    @property
    def baseline_time(self) -> str:
        """Median seconds of the baseline with their lowest and highest."""
        return self._seconds("baseline", self.baseline_seconds)

    @property
    def our_time(self) -> str:
        return self._seconds("ours", self.ours_seconds)

    @property
    def printed_ratio(self) -> str:
        return f"{self.ratio:,.3g} ×" if self.ratio else "–"

    @property
    def limit(self) -> str:
        """How many times the baseline's speed the machine's products allow, and the share of it that is reached."""
        if not (self.limit_seconds and self.baseline_seconds and self.ours_seconds):
            return "–"
        return f"{self.baseline_seconds / self.limit_seconds:,.3g} ×, {self.limit_seconds / self.ours_seconds:.0%}"

    @property
    def qualities(self) -> str:
        """Each measure of quality, baseline / ours."""
        return "; ".join(
            f"{name} {_number(self.quality_baseline.get(name))} / {_number(value)}"
            for name, value in self.quality_ours.items()
        )

    @property
    def numbers(self) -> list[tuple[str, str]]:
        """Sizes, other measured numbers and versions, as printed."""
        plain = {name: str(value) for name, value in (*self.sizes.items(), *self.versions.items())}
        return [*{name: f"{value:,.4g}" for name, value in self.also.items()}.items(), *plain.items()]

    @property
    def charts(self) -> list[Chart]:
        return [self._chart(BenchmarkCurves(**values)) for values in self.curves]

    def _chart(self, curves: BenchmarkCurves) -> Chart:
        svg = measured_lines(curves.lines, curves.title, x=curves.x, y=curves.y)
        return Chart(svg, f"{self.name}: {curves.title}")

    def _seconds(self, side: str, median: float | None) -> str:
        if median is None:
            return "–"
        low, high = self.spread[side]
        return f"{median:.3g} s ({low:.3g}–{high:.3g}) {self.unit}"


def ratio_chart(benchmarks: Sequence[Benchmark]) -> Chart | None:
    """Baseline's seconds by ours, of all benchmarks that have a baseline."""
    ratios = {benchmark.name: benchmark.ratio for benchmark in benchmarks if benchmark.ratio}
    if not ratios:
        return None
    svg = bars(ratios, "Times as fast as the baseline", unit="baseline's seconds by ours, log scale")
    return Chart(svg, "; ".join(f"{name}: {ratio:.3g}" for name, ratio in ratios.items()))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
