"""The history page: revisions, moves between them, and every metric as a line."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fieldlink.evaluation.measures.intervals import Interval
from fieldlink.report import charts, thumbnails
from fieldlink.report.html_templates import fill
from fieldlink.report.labels import label
from fieldlink.report.parameter_series import ParameterSeries, parameter_series
from fieldlink.report.revision_metrics import MetricKey, MetricValue, RevisionComparison

MOST_LINES = 8  # of one chart

History = Sequence[RevisionComparison]


def history_html(history: History, against: str = "") -> str:
    """The whole page. All text from commits and files is escaped.

    `against`: the parameter that headline metrics are drawn against; '' for each that alone differs somewhere.
    """
    page = {
        "revisions": [_revision(comparison) for comparison in history],
        "moves": [move for comparison in history for move in _moves(comparison)],
        "series": [_series(series) for series in parameter_series(history, against) if series.lines()],
        "files": [_file(name, keys, history) for name, keys in _keys_by_file(history).items()],
    }
    return fill("history.html", page)


def _series(series: ParameterSeries) -> dict[str, Any]:
    """A chart of the headline metrics against a parameter, and a table of their values and paired differences."""
    lines, values = series.lines(), [value for value, _ in series.comparisons]
    charts_of_lines = []
    names = list(lines)
    for first in range(0, len(names), MOST_LINES):
        drawn = {
            _label(key[1:]): [_interval_point(value) for value in lines[key]]
            for key in names[first : first + MOST_LINES]
        }
        title = f"Headline metrics against {series.parameter}"
        chart = charts.against(values, drawn, title, series.parameter)
        charts_of_lines.append({"uri": thumbnails.data_uri(chart, "image/svg+xml"), "alt": f"{title}: numbers below"})
    rows = [
        (
            _label(key),
            [
                (value, comparison.paired.get(key))
                for value, (_, comparison) in zip(line, series.comparisons, strict=True)
            ],
        )
        for key, line in lines.items()
    ]
    heads = [
        (value, comparison.now.number, comparison.before and comparison.before.number)
        for value, comparison in series.comparisons
    ]
    return {
        "parameter": series.parameter,
        "others": series.others,
        "heads": heads,
        "charts": charts_of_lines,
        "rows": rows,
    }


def _revision(comparison: RevisionComparison) -> dict[str, Any]:
    revision = comparison.now.revision
    return {
        "name": revision.name,
        "commit": revision.commit[:10],
        "date": revision.date,
        "subject": "an experiment" if revision.baseline else revision.subject,
        "before": comparison.before.number if comparison.before else None,
        "changes": comparison.changes,
        "metrics": len(comparison.now.values),
        "moves": len(comparison.moves),
    }


def _moves(
    comparison: RevisionComparison,
) -> Iterator[tuple[str, int, MetricValue, int, MetricValue, Interval | None]]:
    """Metric, number and value of the earlier revision, those of the later one, and the paired difference."""
    before = comparison.before.number if comparison.before else 1
    for key, (old, new) in comparison.moves.items():
        yield _label(key), before, old, comparison.now.number, new, comparison.paired.get(key)


def _keys_by_file(history: History) -> dict[str, list[MetricKey]]:
    """Every metric that some revision has, by file, in the order of the latest."""
    files: dict[str, list[MetricKey]] = {}
    for key in dict.fromkeys(key for comparison in reversed(history) for key in comparison.now.values):
        files.setdefault(key[0], []).append(key)
    return dict(sorted(files.items()))


def _file(name: str, keys: Sequence[MetricKey], history: History) -> dict[str, Any]:
    return {
        "name": name,
        "metrics": len(keys),
        "moves": sum(key in comparison.moves for comparison in history for key in keys),
        "charts": [_chart(_label((name, *title)), lines, history) for title, lines in _chart_lines(keys)],
        "rows": [(_label(key[1:]), [_cell(key, comparison) for comparison in history]) for key in keys],
    }


def _chart_lines(keys: Sequence[MetricKey]) -> Iterator[tuple[MetricKey, dict[str, MetricKey]]]:
    """Title and lines of each chart: the columns of a row, or the rows of a column where rows have only one."""
    columns = Counter(key[1:-1] for key in keys)
    single = {key for key in keys if len(key) > 2 and columns[key[1:-1]] == 1}
    groups: dict[MetricKey, dict[str, MetricKey]] = {}
    for key in keys:
        title, line = ((*key[1:-2], key[-1]), key[-2]) if key in single else (key[1:-1], key[-1])
        groups.setdefault(title, {})[label(line)] = key
    for title, lines in groups.items():
        for first in range(0, len(lines), MOST_LINES):
            yield title, dict(list(lines.items())[first : first + MOST_LINES])


def _chart(title: str, lines: Mapping[str, MetricKey], history: History) -> dict[str, str]:
    series = {name: [_point(key, comparison) for comparison in history] for name, key in lines.items()}
    alt = f"{title}: {', '.join(series)} over {len(history)} revisions; the numbers stand in the table below"
    return {"uri": thumbnails.data_uri(charts.history(series, title), "image/svg+xml"), "alt": alt}


def _interval_point(metric: MetricValue | None, moved: bool = False) -> charts.IntervalPoint:
    """A place of a line; the interval of a value without bounds has no length."""
    if metric is None:
        return charts.IntervalPoint()
    low, high = (metric.value if bound is None else bound for bound in (metric.low, metric.high))
    return charts.IntervalPoint(metric.value, low, high, moved)


def _point(key: MetricKey, comparison: RevisionComparison) -> charts.IntervalPoint:
    return _interval_point(comparison.now.values.get(key), key in comparison.moves)


def _cell(key: MetricKey, comparison: RevisionComparison) -> tuple[MetricValue | None, str]:
    """A value, and the direction in which it moved beyond its interval: up, down or empty."""
    metric = comparison.now.values.get(key)
    if metric is None or key not in comparison.moves:
        return metric, ""
    return metric, "up" if metric.value > comparison.moves[key][0].value else "down"


def _label(key: MetricKey) -> str:
    return " · ".join(label(part) for part in key)
