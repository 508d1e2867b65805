"""The files of a study's results: its table, its numbers by seed, its metrics, and the results per query."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldlink.core import datasets, files
from fieldlink.core.params import Params
from fieldlink.core.schemas import ANSWERS
from fieldlink.evaluation.results import query_results, table_cells
from fieldlink.evaluation.results.query_results import CellKey, QueryResults
from fieldlink.evaluation.table_type import StudyTable


@dataclass(frozen=True)
class ResultFiles:
    """Where a study's results go, and where the published numbers are, which only decide the order of rows."""

    table: Path  # CSV file of the tables to write
    validation: Path  # CSV file of the same tables on validation objects and photos to write
    by_seed: Path  # CSV file of the tables by seed to write
    metrics: Path  # JSON file of metrics to write
    answers: Path  # dataset of results per query to write
    published: Path  # CSV file of the published tables

    def write(
        self,
        results: Mapping[str, Sequence[QueryResults]],
        tables: Sequence[StudyTable],
        params: Params,
        other_metrics: Mapping[str, Any] | None = None,
    ) -> None:
        """Write the five files. `results`: those of each split, test and validation.

        `validation` gets the validation rows, `answers` all rows, the other files the test rows. `other_metrics`: those
        that are no number of a table.
        """
        published, level = self.published.read_text(encoding="utf-8"), params.intervals.level
        ordered, validation_results = (
            table_cells.in_published_order(results[split], published) for split in ("test", "validation")
        )
        cells, validation = (table_cells.cells(rows, level) for rows in (ordered, validation_results))
        files.write_text(self.table, table_cells.csv_text(cells))
        files.write_text(self.validation, table_cells.csv_text(validation))
        columns = [*CellKey._fields, "seed", "value"]
        files.write_text(self.by_seed, table_cells.csv_text(table_cells.by_seed(ordered), columns))
        metrics = {**table_cells.metrics(cells, tables), **(other_metrics or {})}
        files.write_text(self.metrics, json.dumps(metrics, indent=2) + "\n")
        answers = (query_results.columns(ordered, "test"), query_results.columns(validation_results, "validation"))
        rows = [datasets.table(ANSWERS, columns) for columns in answers]
        datasets.write(self.answers, ANSWERS, rows, self.table.stem)
