"""PSNR of the fitted NeRFs: on fitted and held-out views, of the whole frame and of the foreground."""

import csv
import io

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.report import charts

FRAMES = {"whole frame": "", "foreground": "_foreground"}
VIEWS = {"fitted views": "psnr_train", "held-out views": "psnr_heldout"}
PSNR_COLUMNS = tuple(column + frame for column in VIEWS.values() for frame in FRAMES.values())


def measured_psnr(nerfs: pa.Table, frame: str) -> dict[str, Float[np.ndarray, " nerf"]]:
    """PSNR in dB by kind of view, for one of `FRAMES`. NeRFs and kinds that were not measured are left out."""
    measured = {name: nerfs[column + FRAMES[frame]].to_numpy() for name, column in VIEWS.items()}
    return {name: numbers[np.isfinite(numbers)] for name, numbers in measured.items() if np.isfinite(numbers).any()}


def ranking_psnr(nerfs: pa.Table) -> tuple[str, Float[np.ndarray, " nerf"]]:
    """Kind of views and PSNR in dB by which NeRFs are ranked, of the whole frame.

    The views are held-out ones, or fitted ones where none is held out. Without any measurement all PSNR are NaN.
    """
    for name, column in reversed(VIEWS.items()):
        numbers = nerfs[column].to_numpy().astype(np.float64)
        if np.isfinite(numbers).any():
            return name, numbers
    return "no views", np.full(len(nerfs), np.nan)


def psnr_histograms(nerfs: pa.Table) -> list[charts.Chart]:
    """One histogram per frame."""
    values = {frame: measured_psnr(nerfs, frame) for frame in FRAMES}
    return [
        charts.Chart(charts.histogram(psnr, f"PSNR, {frame}", "dB"), f"Histogram of PSNR, {frame}")
        for frame, psnr in values.items()
        if psnr
    ]


def psnr_summary(nerfs: pa.Table) -> list[tuple[str, list[float]]]:
    """Mean, median, lowest and highest of each kind, in dB."""
    return [
        (f"{name}, {frame}", [float(measure(numbers)) for measure in (np.mean, np.median, np.min, np.max)])
        for frame in FRAMES
        for name, numbers in measured_psnr(nerfs, frame).items()
    ]


def histogram_csv(nerfs: pa.Table) -> str:
    """CSV for `dvc plots`: NeRFs per whole dB, a column for each kind of view, whole frame."""
    psnr = measured_psnr(nerfs, "whole frame")
    kinds = {name.replace(" ", "_"): psnr.get(name, np.zeros(0)) for name in VIEWS}
    both = np.concatenate(list(kinds.values()))
    if not len(both):
        return f"psnr,{','.join(kinds)}\n"
    edges = np.arange(np.floor(both.min()), np.floor(both.max()) + 2)
    columns = [np.histogram(numbers, edges)[0] for numbers in kinds.values()]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["psnr", *kinds])
    writer.writerows(zip(edges[:-1].astype(int).tolist(), *[column.tolist() for column in columns], strict=True))
    return text.getvalue()
