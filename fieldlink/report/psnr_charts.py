"""How well the NeRFs were fitted: PSNR on fitted and held-out views, of the whole frame and of the foreground."""

import csv
import io

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.report import charts

FRAMES = {"whole frame": "", "foreground": "_foreground"}
VIEWS = {"fitted views": "psnr_train", "held-out views": "psnr_heldout"}
COLUMNS = tuple(column + frame for column in VIEWS.values() for frame in FRAMES.values())


def values(nerfs: pa.Table, frame: str) -> dict[str, Float[np.ndarray, " nerf"]]:
    """PSNR in dB by kind of view, for one of `FRAMES`; NeRFs and kinds that were not measured are left out."""
    measured = {name: nerfs[column + FRAMES[frame]].to_numpy() for name, column in VIEWS.items()}
    return {name: numbers[np.isfinite(numbers)] for name, numbers in measured.items() if np.isfinite(numbers).any()}


def judged(nerfs: pa.Table) -> tuple[str, Float[np.ndarray, " nerf"]]:
    """What NeRFs are ranked by, and its name: held-out views, or fitted ones where none is held out. Whole frame."""
    for name, column in reversed(VIEWS.items()):
        numbers = nerfs[column].to_numpy().astype(np.float64)
        if np.isfinite(numbers).any():
            return name, numbers
    return "no views", np.full(len(nerfs), np.nan)


def histograms(nerfs: pa.Table) -> list[charts.Chart]:
    """One histogram per frame."""
    return [
        charts.Chart(charts.histogram(values(nerfs, frame), f"PSNR, {frame}", "dB"), f"Histogram of PSNR, {frame}")
        for frame in FRAMES
        if values(nerfs, frame)
    ]


def summary(nerfs: pa.Table) -> list[tuple[str, list[float]]]:
    """Mean, median, lowest and highest of each kind, in dB."""
    return [
        (f"{name}, {frame}", [float(measure(numbers)) for measure in (np.mean, np.median, np.min, np.max)])
        for frame in FRAMES
        for name, numbers in values(nerfs, frame).items()
    ]


def counts(nerfs: pa.Table) -> str:
    """CSV for `dvc plots`: NeRFs per whole dB, a column for each kind of view, whole frame."""
    found = values(nerfs, "whole frame")
    kinds = {name.replace(" ", "_"): found.get(name, np.zeros(0)) for name in VIEWS}
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
