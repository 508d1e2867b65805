"""The twelve conclusions of the study, tested on the results of every study (protocol 15)."""

import json
from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, files
from fieldlink.core.params import load
from fieldlink.core.schemas import ANSWERS


def evaluate_claims(
    *,
    answers: Annotated[tuple[Path, ...], Doc("Datasets of results per query, one per study.")],
    published: arguments.PublishedTables,
    table: Annotated[Path, Doc("CSV file of claims to write.")],
    metrics: arguments.OutMetrics,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write each claim with its parts as CSV into `table`, and counts of verdicts and effects into `metrics`."""
    from dataclasses import asdict

    from fieldlink.evaluation.claims.claim_rows import summary
    from fieldlink.evaluation.claims.conclusions import conclusions
    from fieldlink.evaluation.claims.evidence import Evidence, published_values
    from fieldlink.evaluation.claims.verdicts import judged_together
    from fieldlink.evaluation.repeated_runs import require_distinct_runs
    from fieldlink.evaluation.results.saved_results import by_cell
    from fieldlink.evaluation.results.table_cells import csv_text

    params = load(params_file)
    results = by_cell(datasets.read(folder, ANSWERS) for folder in answers)
    require_distinct_runs(results)
    evidence = Evidence(
        results=results,
        published=published_values(published.read_text("utf-8"), str(published)),
        claims=params.claims,
        level=params.intervals.level,
        study_seed=params.study.seed,
        source=str(published),
    )
    rows = judged_together(conclusions(results), evidence)
    lines = [asdict(row) for row in rows]
    files.write_text(table, csv_text(lines, list(lines[0])))
    files.write_text(metrics, json.dumps(summary(rows), indent=2) + "\n")


if __name__ == "__main__":
    run_stage(evaluate_claims)
