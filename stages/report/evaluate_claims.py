"""The twelve conclusions of the study, tried on the answers of every study (protocol 15)."""

import json
from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, files
from fieldlink.core.params import IntervalsParams, load
from fieldlink.core.schemas import ANSWERS


def evaluate_claims(
    *,
    answers: Annotated[tuple[Path, ...], Doc("Datasets of results per query, one per study.")],
    published: arguments.PublishedTables,
    table: Annotated[Path, Doc("CSV file of claims to write.")],
    metrics: arguments.OutMetrics,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write each claim with its parts as CSV into `table`, and counts of verdicts and effects into `metrics`."""
    from dataclasses import asdict

    from fieldlink.evaluation.claims import repeated_rows
    from fieldlink.evaluation.claims.conclusions import twelve
    from fieldlink.evaluation.claims.verdicts import Trial, judge, published_values, summary
    from fieldlink.evaluation.results.saved_results import by_cell
    from fieldlink.evaluation.results.tables import csv_text

    known = load(params)
    found = by_cell(datasets.read(folder, ANSWERS) for folder in answers)
    repeated_rows.check(found)
    how = IntervalsParams(resamples=known.claims.resamples, level=known.intervals.level)
    theirs = published_values(published.read_text("utf-8"), str(published))
    trial = Trial(found, theirs, how, known.claims.margin, known.study.seed, str(published))
    rows = [row for claim in twelve(found) for row in judge(claim, trial)]
    lines = [asdict(row) for row in rows]
    files.write_text(table, csv_text(lines, list(lines[0])))
    files.write_text(metrics, json.dumps(summary(rows), indent=2) + "\n")


if __name__ == "__main__":
    run_stage(evaluate_claims)
