"""Sheets of pictures in the charts' style, the same bytes every time."""

import io

import numpy as np
from jaxtyping import UInt8
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from fieldlink.report.charts import INK

CELL, LINE, GAP = 0.88, 0.2, 0.22  # inches: a picture, a line of text above it, the space between blocks


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
        """One picture with its caption above. Both caption and frame have the colour."""
        left = self.margin + block * (self.columns * (CELL + 0.04) + GAP) + column * (CELL + 0.04)
        bottom = self.height - (row + 1) * (CELL + LINE)
        position = (left / self.width, bottom / self.height, CELL / self.width, CELL / self.height)
        axes = self.figure.add_axes(position)
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
        position = (0.1 / self.width, y / self.height)
        self.figure.text(*position, name, color=INK, rotation=90, va="center", ha="center", fontsize=9)

    def png(self, explanation: str, dpi: int = 100) -> bytes:
        """The sheet with an explanation below, as PNG without a date or a version in it."""
        self.figure.text(self.margin / self.width, 0.08 / self.height, explanation, fontsize=8, color=INK)
        stream = io.BytesIO()
        self.figure.savefig(stream, format="png", dpi=dpi, metadata={"Software": None})
        return stream.getvalue()
