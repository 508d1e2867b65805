"""Training curves: one chart per model and loss, and the same numbers as wide tables for `dvc plots`."""

import csv
import io
from collections.abc import Mapping
from typing import get_args

import numpy as np
import pyarrow as pa

from fieldlink.core.params import Loss
from fieldlink.report import charts, table_titles
from fieldlink.report.charts import Chart, Curve

MOST_NAMED = 4  # variants a chart can name; more are drawn as a bundle with its mean
MOST_STEPS = 120  # points of a curve


def drawn(curves: Mapping[str, pa.Table]) -> list[Chart]:
    """Charts of all training curves; `curves`: rows of `training_curves` by the model's name."""
    return [
        _chart(name, loss, lines)
        for name, rows in curves.items()
        for loss, lines in _by_loss(_mean_over_seeds(rows)).items()
    ]


def wide(rows: pa.Table) -> str:
    """CSV for `dvc plots`: step, then the mean loss of each split (and loss function, where variants have several)."""
    columns: dict[str, dict[int, float]] = {}
    for loss, lines in _by_loss(_mean_over_seeds(rows)).items():
        for split in dict.fromkeys(split for _, split in lines):
            name = f"{loss} {split}".strip()
            columns[name] = dict(zip(*_mean([line for (_, s), line in lines.items() if s == split]), strict=True))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["step", *columns])
    for step in sorted({step for column in columns.values() for step in column}):
        writer.writerow([step, *(f"{column[step]:.5g}" if step in column else "" for column in columns.values())])
    return text.getvalue()


def _chart(name: str, loss: str, lines: dict[tuple[str, str], Curve]) -> Chart:
    variants = list(dict.fromkeys(variant for variant, _ in lines))
    title = f"{name}: {table_titles.words(loss)}" if loss else name
    if len(variants) > MOST_NAMED:
        bundle = [line for (_, split), line in lines.items() if split == "validation"] or list(lines.values())
        what = f"validation loss of {len(variants)} variants and their mean"
        return Chart(charts.bundle(bundle, _mean(bundle), title, x="step", y="validation loss"), f"{title}: {what}")
    named = {_line_name(variant, split, variants): line for (variant, split), line in lines.items()}
    return Chart(charts.lines(named, title, x="step", y="loss"), f"{title}: loss by step of {', '.join(named)}")


def _line_name(variant: str, split: str, variants: list[str]) -> str:
    return split if len(variants) == 1 else f"{table_titles.words(variant)}, {split}"


def _by_loss(lines: dict[tuple[str, str], Curve]) -> dict[str, dict[tuple[str, str], Curve]]:
    """Variants grouped by the loss function in their name: losses of different functions share no axis."""
    groups: dict[str, dict[tuple[str, str], Curve]] = {}
    for (variant, split), line in lines.items():
        loss = next((word for word in variant.split() if word in get_args(Loss)), "")
        groups.setdefault(loss, {})[variant, split] = line
    return groups


def _mean_over_seeds(rows: pa.Table) -> dict[tuple[str, str], Curve]:
    keys = ["variant", "split", "step"]
    means = rows.group_by(keys).aggregate([("loss", "mean")]).sort_by([(key, "ascending") for key in keys])
    lines: dict[tuple[str, str], Curve] = {}
    for row in means.to_pylist():
        steps, losses = lines.setdefault((row["variant"], row["split"]), ([], []))
        steps.append(row["step"])
        losses.append(row["loss_mean"])
    return {key: _thinned(*line) for key, line in lines.items()}


def _thinned(steps: list[int], losses: list[float]) -> Curve:
    """At most `MOST_STEPS` points: means over blocks of steps, which also calms a noisy curve."""
    block = -(-len(steps) // MOST_STEPS)
    starts = range(0, len(steps), block)
    return [steps[i : i + block][-1] for i in starts], [float(np.mean(losses[i : i + block])) for i in starts]


def _mean(lines: list[Curve]) -> Curve:
    """The mean of several curves at each step that one of them has."""
    values: dict[int, list[float]] = {}
    for steps, losses in lines:
        for step, loss in zip(steps, losses, strict=True):
            values.setdefault(step, []).append(loss)
    return sorted(values), [float(np.mean(values[step])) for step in sorted(values)]
