"""Benchmarks as `make bench` keeps them, one JSON file each, and as the page shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fieldlink.report import charts


@dataclass(frozen=True)
class Curves:
    """Measured lines over a common axis, by name."""

    title: str
    x: str
    y: str
    lines: Mapping[str, Sequence[Sequence[float | int]]]  # places and values


@dataclass(frozen=True)
class Benchmark:
    """Median seconds of a baseline and of this project for the same work, and how good what came of it is."""

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
    curves: Sequence[Mapping[str, Any]] = ()  # of `Curves`
    remarks: Sequence[str] = ()

    @property
    def row(self) -> tuple[str, str, str, str, str, str]:
        """Name, aim, baseline and ours with their spread, ratio, and quality of both."""
        ratio = f"{self.ratio:,.3g} ×" if self.ratio else "–"
        theirs, ours = self._seconds("baseline", self.baseline_seconds), self._seconds("ours", self.ours_seconds)
        return self.name, self.aim, theirs, ours, ratio, self._quality()

    @property
    def numbers(self) -> list[tuple[str, str]]:
        """Sizes, other measured numbers and versions, as printed."""
        plain = {name: str(value) for name, value in (*self.sizes.items(), *self.versions.items())}
        return [*{name: f"{value:,.4g}" for name, value in self.also.items()}.items(), *plain.items()]

    @property
    def charts(self) -> list[charts.Chart]:
        drawn = [Curves(**each) for each in self.curves]
        return [
            charts.Chart(charts.measured(each.lines, each.title, x=each.x, y=each.y), f"{self.name}: {each.title}")
            for each in drawn
        ]

    def _seconds(self, side: str, median: float | None) -> str:
        if median is None:
            return "–"
        low, high = self.spread[side]
        return f"{median:.3g} s ({low:.3g}–{high:.3g}) {self.unit}"

    def _quality(self) -> str:
        both = [
            f"{name} {_number(self.quality_baseline.get(name))} / {_number(value)}"
            for name, value in self.quality_ours.items()
        ]
        return "; ".join(both)


def ratios(benchmarks: Sequence[Benchmark]) -> charts.Chart | None:
    """How many times as fast, of all that have a baseline."""
    found = {each.name: each.ratio for each in benchmarks if each.ratio}
    if not found:
        return None
    svg = charts.bars(found, "Times as fast as the baseline", unit="baseline's seconds by ours, log scale")
    return charts.Chart(svg, "; ".join(f"{name}: {ratio:.3g}" for name, ratio in found.items()))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
