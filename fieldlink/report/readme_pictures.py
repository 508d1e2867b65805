"""The two pictures that stand for the study outside the page: the wall of NeRFs and a retrieval gallery, as PNG."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from fieldlink.report import charts, table_titles
from fieldlink.report.galleries import DOMAINS, Gallery, Query
from fieldlink.report.nerf_wall import Portrait
from fieldlink.report.thumbnails import AMPLIFIED, Picture, thumbnail

RIGHT, WRONG = "#2e7d4f", "#b3362c"
SIDE = 96  # pixels of a picture, at most
CELL, LINE = 0.88, 0.2  # inches: a picture's side, and a line of text above it


def nerf_wall(portraits: Sequence[Portrait]) -> bytes:
    """One row per group, three pictures per fit: ground truth, NeRF, difference."""
    groups = {group: [p for p in portraits if p.group == group] for group in dict.fromkeys(p.group for p in portraits)}
    sheet = _Sheet(rows=len(groups), blocks=max(len(members) for members in groups.values()), columns=3, margin=0.3)
    for row, (group, members) in enumerate(groups.items()):
        sheet.text(0.1, row, 0.5, group, rotation=90, va="center", ha="center", fontsize=9)
        for block, portrait in enumerate(members):
            for column, picture in enumerate([portrait.truth, portrait.render, portrait.difference]):
                axes = sheet.show(row, block, column, picture)
                if column == 0:
                    _caption(axes, f"{portrait.class_name}, {portrait.psnr:.1f} dB")
    words = f"Three pictures each: ground truth, NeRF, difference × {AMPLIFIED}, from one held-out view"
    return sheet.png(words)


def retrieval(galleries: Sequence[Gallery], each: int = 4) -> bytes:
    """One block per gallery: a few queries, each with the NeRFs it found, framed and marked right or wrong."""
    rows = min(each, max(len(gallery.queries) for gallery in galleries))
    depth = max(len(query.hits) for gallery in galleries for query in gallery.queries)
    sheet = _Sheet(rows=rows, blocks=len(galleries), columns=depth + 1, margin=0.1)
    for block, gallery in enumerate(galleries):
        for row, query in enumerate(gallery.queries[:each]):
            _line(sheet, row, block, query)
    asked = "; ".join(DOMAINS.get(gallery.domain, gallery.domain) for gallery in galleries)
    variants = ", ".join(dict.fromkeys(table_titles.words(gallery.variant) for gallery in galleries))
    return sheet.png(f"{variants}; left to right: {asked}. Queries drawn by seed, not by success.")


def _line(sheet: "_Sheet", row: int, block: int, query: Query) -> None:
    _caption(sheet.show(row, block, 0, query.picture), f"query: {query.class_name}")
    for column, hit in enumerate(query.hits, start=1):
        colour = RIGHT if hit.right else WRONG
        axes = sheet.show(row, block, column, hit.picture)
        axes.add_patch(Rectangle((0, 0), 1, 1, transform=axes.transAxes, fill=False, edgecolor=colour, linewidth=4))
        _caption(axes, f"{'✓' if hit.right else '✗'} {hit.class_name}", colour)


def _caption(axes: Axes, text: str, colour: str = charts.INK) -> None:
    axes.set_title(text, fontsize=7.5, loc="left", pad=2.5, color=colour)


class _Sheet:
    """Square pictures in rows and blocks of columns, a line of text above each row and one below all."""

    def __init__(self, *, rows: int, blocks: int, columns: int, margin: float) -> None:
        self.columns, self.margin, self.gap = columns, margin, 0.22
        self.width = margin + blocks * (columns * (CELL + 0.04) + self.gap)
        self.height = rows * (CELL + LINE) + LINE + 0.1
        self.figure = Figure(figsize=(self.width, self.height))

    def show(self, row: int, block: int, column: int, picture: Picture) -> Axes:
        left = self.margin + block * (self.columns * (CELL + 0.04) + self.gap) + column * (CELL + 0.04)
        bottom = self.height - (row + 1) * (CELL + LINE)
        place = (left / self.width, bottom / self.height, CELL / self.width, CELL / self.height)
        axes = self.figure.add_axes(place)
        axes.set_axis_off()
        axes.imshow(thumbnail(picture, SIDE), interpolation="bilinear")
        return axes

    def text(self, x: float, row: int, inside: float, text: str, **style: Any) -> None:
        y = self.height - (row + 1) * (CELL + LINE) + inside * CELL
        self.figure.text(x / self.width, y / self.height, text, color=charts.INK, **style)

    def png(self, words: str) -> bytes:
        self.figure.text(self.margin / self.width, 0.08 / self.height, words, fontsize=8, color=charts.INK)
        return charts.png(self.figure)
