"""All that is behind one number of a table: queries by seed, recipe, parameters, digests, stages, departures."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.git import git_output
from fieldlink.core.nested_values import dotted_values
from fieldlink.core.schemas import ANSWERS
from fieldlink.evaluation.measures.intervals import RECIPE
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.saved_results import SavedResults, of_seeds, readable
from fieldlink.evaluation.study_tables import study_table
from fieldlink.report.departures import departures
from fieldlink.report.stage_records import StageRecord, read_stage_records, upstream
from fieldlink.report.table_results import TableResult, read_published, read_results

CODE = ("fieldlink", "stages")
MOST_ROUNDED = 1e-3  # percent, between a table's number and the mean of its queries


@dataclass(frozen=True)
class SeedResults:
    """What one training seed made of the queries, in their order."""

    seed: int
    values: Sequence[float]  # 1 right, 0 wrong, or between


@dataclass(frozen=True)
class Explanation:
    """One number of a table and what it was made from."""

    result: TableResult
    published: TableResult | None
    recipe: str  # of the interval
    queries: Sequence[str]  # ids
    weights: Sequence[float] | None  # of the queries; None: all count alike
    seeds: Sequence[SeedResults]
    in_halves: Sequence[Sequence[float]] | None  # by half of the queries and of the gallery; None: no gallery
    stages: Sequence[StageRecord]  # each after those before it; the last one computed the number
    departures: Sequence[Any]
    commit: str
    table_commit: str  # the last one that changed the table; '' if none has it
    changed: bool  # whether the table differs from the commit's

    @property
    def parameters(self) -> dict[str, Any]:
        """Every parameter that a stage upstream read, by dotted key."""
        return parameters_of(self.stages)

    @property
    def digests(self) -> dict[str, str]:
        """MD5 of every dataset and model upstream, and of what came from outside."""
        paths = [path for stage in self.stages for path in (stage.deps | stage.outs).items()]
        return {path: digest for path, digest in paths if path.split("/")[0] not in CODE}

    def as_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return {
            **self.result.key._asdict(),
            **{name: getattr(self.result, name) for name in ("value", "low", "high", "n", "setting")},
            "published": None if self.published is None else self.published.value,
            "recipe": self.recipe,
            "queries": list(self.queries),
            "weights": self.weights,
            "seeds": [asdict(seed) for seed in self.seeds],
            "in_halves": self.in_halves,
            "parameters": self.parameters,
            "digests": self.digests,
            "commit": self.commit,
            "table_commit": self.table_commit,
            "table_changed_since": self.changed,
            "stages": [{"name": stage.name, "command": stage.command} for stage in self.stages],
            "departures": [asdict(departure) for departure in self.departures],
        }


def parameters_of(stages: Sequence[StageRecord]) -> dict[str, Any]:
    """Every parameter that some stages read, by dotted key."""
    return {key: value for stage in stages for key, value in dotted_values(stage.params).items()}


def explain(repository: Path, table: str, row: str, column: str, metric: str = "") -> Explanation:
    """The number in a row and column of a table of the study that ran in `repository`.

    `metric`: needed where row and column have several. Raises `InputError` for what isn't there, with what is.
    """
    study = study_table(table).study
    path = Path("reports/tables") / f"{study}.csv"
    results = read_results(_text(repository / path), str(path))
    result = _chosen(results, table, row, column, metric)
    records = upstream(read_stage_records(repository), str(path))
    queries, saved = _answers(repository, records[-1:], result)
    published = read_published(_text(repository / "reports/published/tables.csv"), "reports/published/tables.csv")
    return Explanation(
        result=result,
        published=next((number for number in published if number.key == result.key), None),
        recipe=RECIPE,
        queries=queries,
        weights=None if saved.weights is None else saved.weights.tolist(),
        seeds=[SeedResults(seed, values) for seed, values in zip(saved.seeds, saved.values.tolist(), strict=True)],
        in_halves=None if saved.in_halves is None else saved.in_halves.mean(0).tolist(),
        stages=records,
        departures=departures(_text(repository / "docs/protocol.md"), parameters_of(records), table),
        commit=git_output(repository, "rev-parse", "HEAD").strip(),
        table_commit=git_output(repository, "log", "-1", "--format=%H", "--", str(path)).strip(),
        changed=bool(git_output(repository, "status", "--porcelain", "--", str(path))),
    )


def _chosen(results: Sequence[TableResult], table: str, row: str, column: str, metric: str) -> TableResult:
    """The one result in that cell."""
    for name, wanted in (("table", table), ("row", row), ("column", column), ("metric", metric)):
        values = list(dict.fromkeys(getattr(result.key, name) for result in results))
        if not wanted and len(values) > 1:
            raise InputError(f"several metrics here, name one by --metric: {', '.join(values)}")
        if wanted and wanted not in values:
            close = get_close_matches(wanted, values, n=5, cutoff=0.3) or values[:5]
            raise InputError(f"no {name} {wanted!r} in this run, such as {', '.join(map(repr, close))}")
        results = [result for result in results if getattr(result.key, name) == (wanted or values[0])]
    return results[0]


def _answers(repository: Path, stage: Sequence[StageRecord], result: TableResult) -> tuple[list[str], SavedResults]:
    """Ids of the queries and their results, from the stage's dataset of results per query.

    Raises `InputError` where the dataset isn't there, or has another mean than the table.
    """
    folders = [repository / out for record in stage for out in record.outs if out.endswith("/answers")]
    if not folders or not folders[0].is_dir():
        raise InputError(f"{folders[0] if folders else 'answers'}: not there, run dvc checkout or dvc repro")
    rows = datasets.read(folders[0], ANSWERS).filter(pc.field("split") == "test").to_pylist()
    ids = {row["queries"]: json.loads(row["query_ids"]) for row in rows if row["query_ids"]}
    rows = [row for row in rows if CellKey.of(row) == result.key]
    if not rows:
        raise InputError(f"{folders[0]}: no {readable(result.key)}; rerun the study")
    saved = of_seeds(result.key, rows)
    mean = 100 * float(np.average(saved.values.mean(0), weights=saved.weights))
    if abs(mean - result.value) > MOST_ROUNDED:
        raise InputError(
            f"{folders[0]}: the mean of its {readable(result.key)} is {mean:.2f}, "
            f"reports/tables has {result.value:.2f}: they are of two runs; run dvc checkout or dvc repro"
        )
    return ids[saved.queries], saved


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); run dvc repro") from error
