"""The twelve conclusions of the study, tried on the answers of every study (protocol 15)."""

import json
from pathlib import Path

from stages import datasets
from stages.params import Intervals, load
from stages.runtime import command
from stages.schemas import ANSWERS


def evaluate_claims(
    *,
    answers: tuple[Path, ...],
    published: Path,
    table: Path,
    metrics: Path,
    params: Path = Path("params.yaml"),
) -> None:
    """Write each claim with its parts as CSV into `table`, and counts of verdicts and effects into `metrics`."""
    from dataclasses import asdict

    from stages.evaluation import repeats
    from stages.evaluation.answered import by_place
    from stages.evaluation.claims import Trial, judge, published_values, summary
    from stages.evaluation.conclusions import twelve
    from stages.evaluation.tables import csv_text

    known = load(params)
    found = by_place(datasets.read(folder, ANSWERS) for folder in answers)
    repeats.check(found)
    how = Intervals(resamples=known.claims.resamples, level=known.intervals.level)
    theirs = published_values(published.read_text("utf-8"), str(published))
    trial = Trial(found, theirs, how, known.claims.margin, known.study.seed, str(published))
    rows = [row for claim in twelve(found) for row in judge(claim, trial)]
    lines = [asdict(row) for row in rows]
    datasets.write_text(table, csv_text(lines, list(lines[0])))
    datasets.write_text(metrics, json.dumps(summary(rows), indent=2) + "\n")


if __name__ == "__main__":
    command(evaluate_claims)
