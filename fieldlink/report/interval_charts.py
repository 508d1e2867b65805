"""Charts of values with their intervals: over revisions, over worlds, over the values of a parameter."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from fieldlink.report.charts import COLOURS, INK, STYLE, add_legend, new_figure, svg_of


class IntervalPoint(NamedTuple):
    """A value with its interval at one position of a line. Numbers are NaN where there is none."""

    value: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    moved: bool = False


class ForestRow(NamedTuple):
    """An effect over worlds. Numbers are NaN where there is none."""

    name: str
    mean: float
    interval: tuple[float, float]
    prediction: tuple[float, float]
    worlds: Sequence[float]  # the effect in each
    published: float
    colour: str


def history(series: Mapping[str, Sequence[IntervalPoint]], title: str) -> bytes:
    """One line a metric over numbered revisions, with intervals. A ring marks a move beyond them."""
    with mpl.rc_context(STYLE | {"svg.fonttype": "none"}):  # many charts: text as text is far smaller
        figure = Figure(figsize=(4.6, 2.7))  # a page has a hundred: a layout that measures texts takes twice as long
        axes = figure.add_axes((0.11, 0.36, 0.87, 0.54), title=title)
        x = np.arange(1, max(map(len, series.values())) + 1)
        for colour, (name, points) in zip(COLOURS, series.items(), strict=False):
            x = x + 0.03  # side by side, so that intervals don't hide each other
            value, low, high = (np.array(numbers) for numbers in zip(*(point[:3] for point in points), strict=True))
            axes.errorbar(x, value, [value - low, high - value], color=colour, marker=".", elinewidth=0.8, label=name)
            ringed = np.array([point.moved for point in points])
            axes.plot(x[ringed], value[ringed], "o", color=colour, markersize=11, fillstyle="none")
        axes.set(xlabel="revision", xticks=range(1, len(x) + 1), xlim=(0.5, len(x) + 0.5))
        figure.legend(loc="lower center", ncols=3)
        return svg_of(figure)


def forest(rows: Sequence[ForestRow], title: str, unit: str) -> bytes:
    """A row an effect, from the top: the mean with its interval, the worlds as strokes, the published one as a ring."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 1.1 + 0.5 * len(rows)), layout="constrained")
        axes = figure.add_subplot()
        axes.set_title(title)
        for y, row in enumerate(rows):
            axes.text(0, y - 0.32, row.name, transform=axes.get_yaxis_transform(), fontsize=8)
            axes.plot(row.prediction, (y, y), color=row.colour, linewidth=1, alpha=0.45)
            axes.plot(row.interval, (y, y), color=row.colour, linewidth=3.2, solid_capstyle="butt")
            axes.plot(row.worlds, np.full(len(row.worlds), y), "|", color=INK, markersize=6, alpha=0.45)
            axes.plot([row.mean], [y], "s", color=row.colour, markersize=6)
            axes.plot([row.published], [y], "o", color=INK, markersize=6, fillstyle="none")
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set(xlabel=unit, yticks=[], ylim=(len(rows) - 0.4, -0.8))
        return svg_of(figure)


def against(
    values: Sequence[str], series: Mapping[str, Sequence[IntervalPoint]], title: str, *, x: str, y: str
) -> bytes:
    """One line a metric over the values of a parameter, smallest first, with intervals; a line at 0 for differences."""
    with mpl.rc_context(STYLE | {"svg.fonttype": "none"}):
        figure, axes = new_figure(title, height=3.4, width=6.4)
        positions = np.arange(len(values))
        for number, (colour, (name, points)) in enumerate(zip(COLOURS, series.items(), strict=False)):
            value, low, high = (np.array(numbers) for numbers in zip(*(point[:3] for point in points), strict=True))
            at = positions + 0.04 * number  # side by side, so that intervals don't hide each other
            axes.errorbar(at, value, [value - low, high - value], color=colour, marker="o", elinewidth=1, label=name)
        if y == "points":
            axes.axhline(0, color=INK, linewidth=0.8)
        axes.set(xlabel=x, xticks=positions, xticklabels=values, ylabel=y)
        add_legend(figure, axes)
        return svg_of(figure)
