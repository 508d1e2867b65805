"""One parameter on the history page: headline metrics against it, mappers less CLIP alone, and both as CSV lines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldlink.evaluation.measures.intervals import Interval
from fieldlink.report import interval_charts, thumbnails
from fieldlink.report.labels import column_label, label
from fieldlink.report.paired_differences import Comparison
from fieldlink.report.parameter_series import ParameterSeries
from fieldlink.report.revision_metrics import MetricKey, MetricValue, RevisionComparison
from fieldlink.report.revisions import Revision
from fieldlink.report.validation_summary import SUMMARY

MOST_LINES = 8  # of one chart


@dataclass(frozen=True)
class SavedComparisons:
    """What revisions' results per query say: differences between revisions, and from CLIP alone within one."""

    paired: Callable[[Revision, Revision], Mapping[MetricKey, Interval]]  # the first less the second
    less_clip: Callable[[Revision], Mapping[Comparison, Interval]]


@dataclass(frozen=True)
class Line:
    """A number against a parameter, by its value. It is None where a revision lacks it."""

    kind: str
    name: str
    values: Sequence[MetricValue | Interval | None]
    differences: Sequence[Interval | None]  # from the reference; of the reference itself None


METRICS, LESS_CLIP = "headline metrics", "mappers less CLIP alone"


def series_lines(series: ParameterSeries, saved: SavedComparisons) -> list[Line]:
    """Headline metrics with their differences from the reference, then mappers less CLIP alone."""
    comparisons = [comparison for _, comparison in series.comparisons]
    differences = [_paired(comparison, series.reference, saved) for comparison in comparisons]
    metrics = [
        Line(METRICS, _headline_label(key), values, [of_one.get(key) for of_one in differences])
        for key, values in series.lines().items()
    ]
    less_clip = [saved.less_clip(comparison.now.revision) for comparison in comparisons]
    pairs = dict.fromkeys(pair for of_one in less_clip for pair in of_one)
    none = [None] * len(comparisons)
    return metrics + [
        Line(LESS_CLIP, _rivals(pair), [of_one.get(pair) for of_one in less_clip], none) for pair in pairs
    ]


def section(series: ParameterSeries, lines: Sequence[Line]) -> dict[str, Any]:
    """What the template shows of a series."""
    kinds = [(kind, [line for line in lines if line.kind == kind]) for kind in (METRICS, LESS_CLIP)]
    return {
        "parameter": series.parameter,
        "others": series.others,
        "left_out": series.left_out,
        "reference": series.reference.now.number,
        "heads": [(value, comparison.now.number) for value, comparison in series.comparisons],
        "groups": [
            {
                "title": f"{kind.capitalize()} against {series.parameter}",
                "charts": list(_charts(series, kind, of_kind)),
                "rows": [(line.name, list(zip(line.values, line.differences, strict=True))) for line in of_kind],
            }
            for kind, of_kind in kinds
            if of_kind
        ],
    }


def csv_lines(series: ParameterSeries, lines: Sequence[Line]) -> Iterator[dict[str, Any]]:
    """A line per number and value of the parameter."""
    for line in lines:
        for (value, comparison), number, difference in zip(
            series.comparisons, line.values, line.differences, strict=True
        ):
            if number:
                yield {
                    "parameter": series.parameter,
                    "value": value,
                    "revision": comparison.now.revision.name,
                    "kind": line.kind,
                    "name": line.name,
                    **_columns(number, "number", "ci_low", "ci_high"),
                    **_columns(difference, "difference", "difference_low", "difference_high"),
                }


def metric_label(key: MetricKey) -> str:
    """A metric's keys in readable words."""
    return " · ".join(label(part) for part in key)


def interval_point(number: MetricValue | Interval | None, moved: bool = False) -> interval_charts.IntervalPoint:
    """A point of a line. The interval of a value without bounds has no length."""
    if number is None:
        return interval_charts.IntervalPoint()
    low, high = (number.value if bound is None else bound for bound in (number.low, number.high))
    return interval_charts.IntervalPoint(number.value, low, high, moved)


def _paired(
    comparison: RevisionComparison, reference: RevisionComparison, saved: SavedComparisons
) -> Mapping[MetricKey, Interval]:
    return {} if comparison is reference else saved.paired(comparison.now.revision, reference.now.revision)


def _headline_label(key: MetricKey) -> str:
    """The summary's numbers are of validation objects and photos, those of tables of test ones."""
    return metric_label(("validation" if key[0] == SUMMARY else "test", *key[1:]))


def _rivals(pair: Comparison) -> str:
    mapper, clip = pair
    return f"Table {mapper.table}, {label(mapper.row)} less {label(clip.row)}, {column_label(clip.column)}"


def _charts(series: ParameterSeries, kind: str, lines: Sequence[Line]) -> Iterator[dict[str, str]]:
    """Charts of a few lines each."""
    values = [value for value, _ in series.comparisons]
    unit = "percent" if kind == METRICS else "points"
    for first in range(0, len(lines), MOST_LINES):
        drawn = {line.name: [interval_point(number) for number in line.values] for line in lines[first:][:MOST_LINES]}
        title = f"{kind.capitalize()} against {series.parameter}"
        chart = interval_charts.against(values, drawn, title, x=series.parameter, y=unit)
        yield {"uri": thumbnails.data_uri(chart, "image/svg+xml"), "alt": f"{title}: numbers below"}


def _columns(number: MetricValue | Interval | None, *names: str) -> dict[str, float | str]:
    values = (None,) * 3 if number is None else (number.value, number.low, number.high)
    return {name: "" if value is None else round(value, 4) for name, value in zip(names, values, strict=True)}
