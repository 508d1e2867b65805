"""Training curves: one chart per model and loss, and the same numbers as wide tables for `dvc plots`."""

import csv
import io
from collections.abc import Mapping
from typing import get_args

import numpy as np
import pyarrow as pa

from fieldlink.core import variants
from fieldlink.core.params import Loss
from fieldlink.report import charts
from fieldlink.report.charts import Chart, Curve
from fieldlink.report.labels import label

MOST_NAMED = 4  # variants a chart can name; more are drawn as a bundle with its mean
MOST_STEPS = 120  # points of a curve

Curves = dict[tuple[str, str], Curve]  # by variant and split


def loss_charts(curves: Mapping[str, pa.Table]) -> list[Chart]:
    """Charts of all training curves. `curves`: rows of `training_curves` by the model's name."""
    return [
        _chart(name, loss, group)
        for name, rows in curves.items()
        for loss, group in _by_loss(_mean_over_seeds(rows)).items()
    ]


def csv_text(rows: pa.Table) -> str:
    """CSV for `dvc plots`: step, then the mean loss of each split (and loss function, where variants have several)."""
    columns: dict[str, dict[int, float]] = {}
    for loss, group in _by_loss(_mean_over_seeds(rows)).items():
        for split in dict.fromkeys(split for _, split in group):
            steps, losses = _mean([curve for (_, other), curve in group.items() if other == split])
            columns[f"{loss} {split}".strip()] = dict(zip(steps, losses, strict=True))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["step", *columns])
    for step in sorted({step for column in columns.values() for step in column}):
        writer.writerow([step, *(f"{column[step]:.5g}" if step in column else "" for column in columns.values())])
    return text.getvalue()


def _chart(name: str, loss: str, curves: Curves) -> Chart:
    texts = list(dict.fromkeys(variant for variant, _ in curves))
    title = f"{name}: {label(loss)}" if loss else name
    if len(texts) > MOST_NAMED:
        bundle = [curve for (_, split), curve in curves.items() if split == "validation"] or list(curves.values())
        contents = f"validation loss of {len(texts)} variants and their mean"
        svg = charts.bundle(bundle, _mean(bundle), title, x="step", y="validation loss")
        return Chart(svg, f"{title}: {contents}")
    lines = {(label(variant), split): curve for (variant, split), curve in curves.items()}
    names = ", ".join(f"{variant}, {split}" if len(texts) > 1 else split for variant, split in lines)
    return Chart(charts.lines(lines, title, x="step", y="loss"), f"{title}: loss by step of {names}")


def _by_loss(curves: Curves) -> dict[str, Curves]:
    """Curves grouped by their variant's loss function ('' for none): different functions share no axis."""
    groups: dict[str, Curves] = {}
    for (variant, split), curve in curves.items():
        groups.setdefault(_loss(variant), {})[variant, split] = curve
    return groups


def _loss(text: str) -> str:
    """A variant's loss, or the objective of its fine-tuning where that is one loss alone."""
    variant = variants.parse(text)
    objective = variant.objective if variant.objective in get_args(Loss) else None
    return variant.loss or objective or ""


def _mean_over_seeds(rows: pa.Table) -> Curves:
    keys = ["variant", "split", "step"]
    means = rows.group_by(keys).aggregate([("loss", "mean")]).sort_by([(key, "ascending") for key in keys])
    curves: Curves = {}
    for row in means.to_pylist():
        steps, losses = curves.setdefault((row["variant"], row["split"]), ([], []))
        steps.append(row["step"])
        losses.append(row["loss_mean"])
    return {key: _thinned(steps, losses) for key, (steps, losses) in curves.items()}


def _thinned(steps: list[int], losses: list[float]) -> Curve:
    """At most `MOST_STEPS` points: means over blocks of steps, which also calms a noisy curve."""
    block = -(-len(steps) // MOST_STEPS)
    starts = range(0, len(steps), block)
    return [steps[i : i + block][-1] for i in starts], [float(np.mean(losses[i : i + block])) for i in starts]


def _mean(curves: list[Curve]) -> Curve:
    """The mean of several curves at each step that one of them has."""
    values: dict[int, list[float]] = {}
    for steps, losses in curves:
        for step, loss in zip(steps, losses, strict=True):
            values.setdefault(step, []).append(loss)
    return sorted(values), [float(np.mean(values[step])) for step in sorted(values)]
