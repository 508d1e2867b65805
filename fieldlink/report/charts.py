"""Charts and sheets of pictures in one quiet style, the same bytes every time. The one import of matplotlib."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from jaxtyping import Float, UInt8
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

INK, MUTED, ACCENT, SECOND = "#22303c", "#8a97a3", "#1f6f8b", "#d1495b"
COLOURS = (ACCENT, SECOND, "#edae49", "#5b8c5a", "#7768ae", "#8c6d46", "#3d9a9a", "#a05195")
MARKERS = ("o", "^", "s", "D")  # so that groups of one colour differ
STYLE: Any = {
    "svg.hashsalt": "fieldlink",  # element ids don't change from run to run
    "font.size": 9,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e7ebee",
    "axes.axisbelow": True,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
}

MOST_INSIDE, SHORT = 4, 32  # names, and their letters, for which a legend finds no room inside
CELL, LINE, GAP = 0.88, 0.2, 0.22  # inches: a sheet's picture, a line of text above it, the space between blocks

Curve = tuple[list[int], list[float]]  # steps, losses


class IntervalPoint(NamedTuple):
    """A value with its interval at one place of a line; NaN where there is none."""

    value: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    moved: bool = False


class ForestRow(NamedTuple):
    """An effect over worlds; NaN where there is none."""

    name: str
    mean: float
    interval: tuple[float, float]
    prediction: tuple[float, float]
    worlds: Sequence[float]  # the effect in each
    published: float
    colour: str


@dataclass(frozen=True)
class Chart:
    svg: bytes
    alt: str


def histogram(values: Mapping[str, Float[np.ndarray, " nerf"]], title: str, unit: str) -> bytes:
    """Up to a few distributions over common bins, the median of each marked."""
    with mpl.rc_context(STYLE):
        figure, axes = _figure(title)
        bins = np.histogram_bin_edges(np.concatenate(list(values.values())), bins=24).tolist()
        for colour, (name, numbers) in zip(COLOURS, values.items(), strict=False):
            axes.hist(numbers, bins=bins, color=colour, alpha=0.45, label=f"{name}: median {np.median(numbers):.1f}")
            axes.axvline(float(np.median(numbers)), color=colour, linewidth=1.2)
        axes.set(xlabel=unit, ylabel="NeRFs", ylim=(0, 1.3 * axes.get_ylim()[1]))  # room for the legend
        axes.legend()
        return _svg(figure)


def lines(curves: Mapping[tuple[str, str], Curve], title: str, *, x: str, y: str) -> bytes:
    """One line per variant and split. Of several variants with several splits, the train lines are pale."""
    with mpl.rc_context(STYLE):
        figure, axes = _figure(title)
        variants, splits = (list(dict.fromkeys(key[part] for key in curves)) for part in (0, 1))
        several = len(variants) > 1
        fades = several and len(splits) > 1
        for number, ((variant, split), (steps, values)) in enumerate(curves.items()):
            colour = COLOURS[variants.index(variant) if several else number]
            pale = fades and split == "train"
            label = None if pale else variant if several else split
            axes.plot(steps, values, color=colour, linewidth=1 if pale else 1.6, alpha=0.4 if pale else 1, label=label)
        axes.set(xlabel=x, ylabel=f"{y} (pale: train)" if fades else y)
        if all(min(values) > 0 for _, values in curves.values()):
            axes.set_yscale("log")
        _legend(figure, axes)
        return _svg(figure)


def _legend(figure: Figure, axes: Axes) -> None:
    """Inside for a few short names; below, where long ones would squeeze the axes."""
    handles, names = axes.get_legend_handles_labels()
    if len(names) < MOST_INSIDE and max(map(len, names)) < SHORT:
        axes.legend()
    else:
        figure.legend(handles, names, loc="outside lower left", ncols=1 if max(map(len, names)) > SHORT else 2)


def history(series: Mapping[str, Sequence[IntervalPoint]], title: str) -> bytes:
    """One line a metric over numbered revisions, with intervals; a ring where it moved beyond them."""
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
        return _svg(figure)


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
        return _svg(figure)


def against(
    values: Sequence[str], series: Mapping[str, Sequence[IntervalPoint]], title: str, *, x: str, y: str
) -> bytes:
    """One line a metric over the values of a parameter, smallest first, with intervals; a line at 0 for differences."""
    with mpl.rc_context(STYLE | {"svg.fonttype": "none"}):
        figure, axes = _figure(title, height=3.4, width=6.4)
        places = np.arange(len(values))
        for number, (colour, (name, points)) in enumerate(zip(COLOURS, series.items(), strict=False)):
            value, low, high = (np.array(numbers) for numbers in zip(*(point[:3] for point in points), strict=True))
            at = places + 0.04 * number  # side by side, so that intervals don't hide each other
            axes.errorbar(at, value, [value - low, high - value], color=colour, marker="o", elinewidth=1, label=name)
        if y == "points":
            axes.axhline(0, color=INK, linewidth=0.8)
        axes.set(xlabel=x, xticks=places, xticklabels=values, ylabel=y)
        _legend(figure, axes)
        return _svg(figure)


def measured(series: Mapping[str, Sequence[Sequence[float | int]]], title: str, *, x: str, y: str) -> bytes:
    """Measured points joined by lines; both axes on a log scale, the second unless it is in decibels."""
    with mpl.rc_context(STYLE):
        figure, axes = _figure(title)
        for number, (name, (places, values)) in enumerate(series.items()):
            colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number // len(COLOURS)]
            axes.plot(places, values, color=colour, marker=marker, markersize=4, linewidth=1.4, label=name)
        axes.set(xlabel=x, ylabel=y, xscale="log", yscale="linear" if "dB" in y else "log")
        _legend(figure, axes)
        return _svg(figure)


def bundle(curves: Sequence[Curve], mean: Curve, title: str, *, x: str, y: str) -> bytes:
    """Many curves too alike to name, thin, and their mean."""
    with mpl.rc_context(STYLE):
        figure, axes = _figure(title)
        for number, (steps, numbers) in enumerate(curves):
            axes.plot(steps, numbers, color=MUTED, linewidth=0.8, alpha=0.6, label="" if number else "one variant")
        axes.plot(*mean, color=ACCENT, linewidth=1.8, label="mean")
        axes.set(xlabel=x, ylabel=y)
        axes.legend()
        return _svg(figure)


def bars(values: Mapping[str, float], title: str, *, unit: str) -> bytes:
    """Horizontal bars on a log scale, the number at each end; the first one stands out."""
    with mpl.rc_context(STYLE):
        figure, axes = _figure(title, height=0.6 + 0.42 * len(values))
        numbers = list(values.values())
        axes.barh(list(values), numbers, color=[ACCENT, *[MUTED] * (len(values) - 1)], height=0.6)
        for row, number in enumerate(numbers):
            axes.text(number * 1.08, row, f"{number:,.3g}" if number < 1000 else f"{number:,.0f}", va="center")
        axes.set(xscale="log", xlabel=unit, xlim=(min(numbers) / 3, max(numbers) * 4))
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        return _svg(figure)


def scatter(panels: Mapping[str, Mapping[str, Float[np.ndarray, "point 2"]]]) -> bytes:
    """Panels side by side by their titles, points by the group that gives them colour and marker; axes have no unit."""
    groups = sorted({name for points in panels.values() for name in points})
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(4.6 * len(panels), 5.2), layout="constrained")
        for place, (title, points) in enumerate(panels.items(), start=1):
            axes = figure.add_subplot(1, len(panels), place, title=title, xticks=[], yticks=[])
            axes.set_aspect("equal", adjustable="datalim")
            for number, group in enumerate(groups):
                colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number // len(COLOURS) % len(MARKERS)]
                axes.scatter(*points.get(group, np.zeros((0, 2))).T, s=14, color=colour, marker=marker, label=group)
        figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=7)
        return _svg(figure)


def _figure(title: str, height: float = 2.9, width: float = 4.6) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    return figure, axes


def _svg(figure: Figure) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()


class PictureSheet:
    """Square pictures in rows and blocks of columns, a line of text above each row and one below all."""

    def __init__(self, *, rows: int, blocks: int, columns: int, margin: float) -> None:
        """`margin`: inches left of the first block."""
        self.columns, self.margin = columns, margin
        self.width = margin + blocks * (columns * (CELL + 0.04) + GAP)
        self.height = rows * (CELL + LINE) + LINE + 0.1
        self.figure = Figure(figsize=(self.width, self.height))

    def add_picture(
        self,
        picture: UInt8[np.ndarray, "height width 3"],
        *,
        row: int,
        block: int,
        column: int,
        caption: str = "",
        colour: str = INK,
        frame: bool = False,
    ) -> None:
        """One picture with its caption above; both caption and frame have the colour."""
        left = self.margin + block * (self.columns * (CELL + 0.04) + GAP) + column * (CELL + 0.04)
        bottom = self.height - (row + 1) * (CELL + LINE)
        place = (left / self.width, bottom / self.height, CELL / self.width, CELL / self.height)
        axes = self.figure.add_axes(place)
        axes.set_axis_off()
        axes.imshow(picture, interpolation="bilinear")
        if frame:
            edge = Rectangle((0, 0), 1, 1, transform=axes.transAxes, fill=False, edgecolor=colour, linewidth=4)
            axes.add_patch(edge)
        if caption:
            axes.set_title(caption, fontsize=7.5, loc="left", pad=2.5, color=colour)

    def add_row_name(self, row: int, name: str) -> None:
        """Upright in the margin, beside the middle of the row's pictures."""
        y = self.height - (row + 1) * (CELL + LINE) + 0.5 * CELL
        place = (0.1 / self.width, y / self.height)
        self.figure.text(*place, name, color=INK, rotation=90, va="center", ha="center", fontsize=9)

    def png(self, explanation: str, dpi: int = 100) -> bytes:
        """The sheet with an explanation below, as PNG without a date or a version in it."""
        self.figure.text(self.margin / self.width, 0.08 / self.height, explanation, fontsize=8, color=INK)
        stream = io.BytesIO()
        self.figure.savefig(stream, format="png", dpi=dpi, metadata={"Software": None})
        return stream.getvalue()
