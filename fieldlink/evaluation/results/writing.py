"""What every evaluation writes: a study's table, its numbers by seed, its metrics, and the answers behind them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldlink.core import datasets, files
from fieldlink.core.params import Params
from fieldlink.core.schemas import ANSWERS
from fieldlink.evaluation.results import tables


@dataclass(frozen=True)
class ResultFiles:
    """Where a study's results go, and where the published numbers are, which only decide the order of rows."""

    table: Path  # CSV file of the tables to write
    by_seed: Path  # CSV file of the tables by seed to write
    metrics: Path  # JSON file of metrics to write
    answers: Path  # dataset of results per query to write
    published: Path  # CSV file of the published tables

    def write(
        self,
        answers: Sequence[tables.QueryResults],
        titles: Mapping[str, str],
        params: Params,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        """`titles`: what metrics call each table. `extra`: metrics that are no number of a table."""
        ordered = tables.in_published_order(answers, self.published.read_text(encoding="utf-8"))
        cells = tables.cells(ordered, params.intervals, params.study.seed)
        files.write_text(self.table, tables.csv_text(cells))
        seeds = tables.csv_text(tables.by_seed(ordered), [*tables.CellKey._fields, "seed", "value"])
        files.write_text(self.by_seed, seeds)
        files.write_text(self.metrics, json.dumps({**tables.metrics(cells, titles), **(extra or {})}, indent=2) + "\n")
        rows = datasets.table(ANSWERS, tables.columns(ordered))
        datasets.write(self.answers, ANSWERS, [rows], self.table.stem)
