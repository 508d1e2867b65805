"""The metrics of several revisions beside each other: values with their intervals, and moves beyond them."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath

from ruamel.yaml import YAML, YAMLError

from fieldlink.core.errors import InputError
from fieldlink.core.nested_values import nested_values
from fieldlink.evaluation.measures.intervals import Interval
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.space_hits import INTERVAL
from fieldlink.evaluation.study_tables import study_table
from fieldlink.report.revisions import Revision

MetricKey = tuple[str, ...]  # the metrics file, then its keys down to a number


def metric_key(key: CellKey) -> MetricKey:
    """Where a study's metrics file has the number of a table's cell."""
    table = study_table(key.table)
    return (table.study, table.group, key.row, key.column)


@dataclass(frozen=True)
class MetricValue:
    """A metric at a revision. Bounds are None where no table has them."""

    value: float
    low: float | None = None
    high: float | None = None

    def apart(self, other: "MetricValue | None") -> bool:
        """Whether the two intervals do not overlap. It is False where a bound is missing."""
        if other is None or self.low is None or self.high is None or other.low is None or other.high is None:
            return False
        return self.high < other.low or other.high < self.low


@dataclass(frozen=True)
class RevisionMetrics:
    """Parameters and metrics of one revision."""

    number: int  # from 1, in the order of the page
    revision: Revision
    params: Mapping[MetricKey, str]
    values: Mapping[MetricKey, MetricValue]


@dataclass(frozen=True)
class RevisionComparison:
    """A revision, and the one it is compared with: an experiment's baseline, or the commit before on the page."""

    now: RevisionMetrics
    before: RevisionMetrics | None
    paired: Mapping[MetricKey, Interval] = field(default_factory=dict)  # now less before, over the queries of both

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """Parameters that differ: name, old and new value; – where there is none."""
        if self.before is None:
            return []
        old, new = self.before.params, self.now.params
        keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        return [(".".join(key), old.get(key, "–"), new.get(key, "–")) for key in keys]

    @cached_property
    def moves(self) -> dict[MetricKey, tuple[MetricValue, MetricValue]]:
        """Metrics that differ by a paired interval without 0, or else by intervals that do not overlap: both values."""
        if self.before is None:
            return {}
        old = self.before.values
        return {key: (old[key], value) for key, value in self.now.values.items() if key in old and self._moved(key)}

    def _moved(self, key: MetricKey) -> bool:
        if key in self.paired:
            return not self.paired[key].low <= 0 <= self.paired[key].high
        return self.before is not None and self.now.values[key].apart(self.before.values[key])


def compare_revisions(
    revisions: Sequence[Revision], paired: Callable[[Revision, Revision], Mapping[MetricKey, Interval]] | None = None
) -> list[RevisionComparison]:
    """Each revision with the one it is compared with, in the same order.

    `paired`: the later revision less the earlier one, by metric; none leaves the two intervals to decide. Raises
    `InputError` for an unreadable file.
    """
    metrics = [_read_metrics(revision, number) for number, revision in enumerate(revisions, start=1)]
    by_commit = {entry.revision.commit: entry for entry in reversed(metrics)}  # the first of equal commits
    comparisons: list[RevisionComparison] = []
    last_commit = None
    for entry in metrics:
        baseline = entry.revision.baseline
        before = by_commit.get(baseline) if baseline else last_commit
        differences = paired(entry.revision, before.revision) if paired and before else {}
        comparisons.append(RevisionComparison(entry, before, differences))
        last_commit = last_commit if baseline else entry
    return comparisons


def _read_metrics(revision: Revision, number: int) -> RevisionMetrics:
    params: dict[MetricKey, str] = {}
    numbers: dict[MetricKey, float] = {}
    results: dict[MetricKey, MetricValue] = {}  # numbers of tables
    bounds: dict[MetricKey, dict[str, float]] = {}
    for path, text in revision.files.items():
        name, kind = PurePath(path).stem, PurePath(path).suffix
        try:
            if kind == ".yaml":
                params = {key: str(value) for key, value in nested_values(YAML(typ="safe").load(text))}
            elif kind == ".json":
                for key, value in nested_values(json.loads(text), (name,)):
                    if isinstance(value, int | float):
                        _sort_in(key, float(value), numbers, bounds)
            elif kind == ".csv":
                results |= _table_values(text)
        except (KeyError, TypeError, ValueError, YAMLError) as error:
            raise InputError(f"revision {revision.name!r}: {path} cannot be read ({error})") from error
    values = {key: _with_bounds(value, results.get(key)) for key, value in numbers.items()}
    values |= {key: MetricValue(values[key].value, **pair) for key, pair in bounds.items() if key in values}
    return RevisionMetrics(number, revision, params, values)


def _sort_in(
    key: MetricKey, value: float, numbers: dict[MetricKey, float], bounds: dict[MetricKey, dict[str, float]]
) -> None:
    """Put a number of a metrics file to the metrics, or to the bounds of one."""
    if key[-1] in ("low", "high"):
        owner = (*key[:-2], key[-2].removesuffix(INTERVAL))
        bounds.setdefault(owner, {})[key[-1]] = value
    else:
        numbers[key[:-1] if key[-1] == "value" else key] = value


def _table_values(text: str) -> dict[MetricKey, MetricValue]:
    """Value and bounds of every number of a table's CSV text, by its metric."""
    values = {}
    for row in csv.DictReader(io.StringIO(text)):
        is_claim = "claim" in row
        key = ("claims", "effects", row["claim"], row["part"] or "headline") if is_claim else _key_of(row)
        if key and (value := row["effect" if is_claim else "value"]):
            values[key] = MetricValue(float(value), float(row["ci_low"]), float(row["ci_high"]))
    return values


def _key_of(row: Mapping[str, str]) -> MetricKey | None:
    """The metric of a table's row. None where only an older revision has such a table."""
    try:
        return metric_key(CellKey.of(row))
    except InputError:
        return None


def _with_bounds(value: float, result: MetricValue | None) -> MetricValue:
    """A metric with the bounds of its table's number, if that is the same number."""
    return result if result and result.value == value else MetricValue(value)
