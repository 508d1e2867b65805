"""Charts in one quiet style, the same bytes every time."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

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

Curve = tuple[list[int], list[float]]  # steps, losses


@dataclass(frozen=True)
class Chart:
    svg: bytes
    alt: str


def histogram(values: Mapping[str, Float[np.ndarray, " nerf"]], title: str, unit: str) -> bytes:
    """Up to a few distributions over common bins, the median of each marked."""
    with mpl.rc_context(STYLE):
        figure, axes = new_figure(title)
        bins = np.histogram_bin_edges(np.concatenate(list(values.values())), bins=24).tolist()
        for colour, (name, numbers) in zip(COLOURS, values.items(), strict=False):
            axes.hist(numbers, bins=bins, color=colour, alpha=0.45, label=f"{name}: median {np.median(numbers):.1f}")
            axes.axvline(float(np.median(numbers)), color=colour, linewidth=1.2)
        axes.set(xlabel=unit, ylabel="NeRFs", ylim=(0, 1.3 * axes.get_ylim()[1]))  # room for the legend
        axes.legend()
        return svg_of(figure)


def lines(curves: Mapping[tuple[str, str], Curve], title: str, *, x: str, y: str) -> bytes:
    """One line per variant and split. Of several variants with several splits, the train lines are pale."""
    with mpl.rc_context(STYLE):
        figure, axes = new_figure(title)
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
        add_legend(figure, axes)
        return svg_of(figure)


def add_legend(figure: Figure, axes: Axes) -> None:
    """Add a legend: inside for a few short names, below where long ones would squeeze the axes."""
    handles, names = axes.get_legend_handles_labels()
    if len(names) < MOST_INSIDE and max(map(len, names)) < SHORT:
        axes.legend()
    else:
        figure.legend(handles, names, loc="outside lower left", ncols=1 if max(map(len, names)) > SHORT else 2)


def measured_lines(series: Mapping[str, Sequence[Sequence[float | int]]], title: str, *, x: str, y: str) -> bytes:
    """Measured points joined by lines. Axes have log scales, but decibels a linear one."""
    with mpl.rc_context(STYLE):
        figure, axes = new_figure(title)
        for number, (name, (x_values, values)) in enumerate(series.items()):
            colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number // len(COLOURS)]
            axes.plot(x_values, values, color=colour, marker=marker, markersize=4, linewidth=1.4, label=name)
        axes.set(xlabel=x, ylabel=y, xscale="log", yscale="linear" if "dB" in y else "log")
        add_legend(figure, axes)
        return svg_of(figure)


def bundle(curves: Sequence[Curve], mean: Curve, title: str, *, x: str, y: str) -> bytes:
    """Many curves too alike to name, thin, and their mean."""
    with mpl.rc_context(STYLE):
        figure, axes = new_figure(title)
        for number, (steps, numbers) in enumerate(curves):
            axes.plot(steps, numbers, color=MUTED, linewidth=0.8, alpha=0.6, label="" if number else "one variant")
        axes.plot(*mean, color=ACCENT, linewidth=1.8, label="mean")
        axes.set(xlabel=x, ylabel=y)
        axes.legend()
        return svg_of(figure)


def bars(values: Mapping[str, float], title: str, *, unit: str) -> bytes:
    """Horizontal bars on a log scale, the number at each end. The first bar stands out."""
    with mpl.rc_context(STYLE):
        figure, axes = new_figure(title, height=0.6 + 0.42 * len(values))
        numbers = list(values.values())
        axes.barh(list(values), numbers, color=[ACCENT, *[MUTED] * (len(values) - 1)], height=0.6)
        for row, number in enumerate(numbers):
            axes.text(number * 1.08, row, f"{number:,.3g}" if number < 1000 else f"{number:,.0f}", va="center")
        axes.set(xscale="log", xlabel=unit, xlim=(min(numbers) / 3, max(numbers) * 4))
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        return svg_of(figure)


def scatter(panels: Mapping[str, Mapping[str, Float[np.ndarray, "point 2"]]]) -> bytes:
    """Panels side by side by their titles, points by the group that gives them colour and marker; axes have no unit."""
    groups = sorted({name for points in panels.values() for name in points})
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(4.6 * len(panels), 5.2), layout="constrained")
        for index, (title, points) in enumerate(panels.items(), start=1):
            axes = figure.add_subplot(1, len(panels), index, title=title, xticks=[], yticks=[])
            axes.set_aspect("equal", adjustable="datalim")
            for number, group in enumerate(groups):
                colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number // len(COLOURS) % len(MARKERS)]
                axes.scatter(*points.get(group, np.zeros((0, 2))).T, s=14, color=colour, marker=marker, label=group)
        figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=7)
        return svg_of(figure)


def new_figure(title: str, height: float = 2.9, width: float = 4.6) -> tuple[Figure, Axes]:
    """A figure with its only axes. Sides are in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    return figure, axes


def svg_of(figure: Figure) -> bytes:
    """The figure as SVG without a date or a version in it."""
    stream = io.BytesIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()
