"""The history page: revisions, moves between them, and every metric as a line."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fieldlink.evaluation.measures.intervals import Interval
from fieldlink.report import interval_charts, thumbnails
from fieldlink.report.html_templates import fill
from fieldlink.report.labels import label
from fieldlink.report.parameter_section import MOST_LINES, interval_point, metric_label
from fieldlink.report.revision_metrics import MetricKey, MetricValue, RevisionComparison

History = Sequence[RevisionComparison]
LEVEL = ("intervals", "level")  # key in the parameters


def history_html(history: History, sections: Sequence[Mapping[str, Any]], *, every_metric: bool = True) -> str:
    """The whole page. All text from commits and files is escaped.

    `sections`: those of parameters. `every_metric`: whether moves and charts of all metrics follow, megabytes of them.
    """
    page = {
        "every_metric": every_metric,
        "interval": _interval(history),
        "revisions": [_revision(comparison) for comparison in history],
        "moves": [move for comparison in history for move in _moves(comparison)],
        "series": sections,
        "files": [_file(name, keys, history) for name, keys in _keys_by_file(history).items()] if every_metric else [],
    }
    return fill("history.html", page)


def _interval(history: History) -> str:
    """The word for an interval, with the confidence, or the several, that the revisions' parameters name."""
    levels = sorted({comparison.now.params[LEVEL] for comparison in history if LEVEL in comparison.now.params})
    percents = " or ".join(f"{100 * float(level):.5g} %" for level in levels)
    return f"{percents} interval".lstrip()


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
        yield metric_label(key), before, old, comparison.now.number, new, comparison.paired.get(key)


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
        "charts": [_chart(metric_label((name, *title)), lines, history) for title, lines in _chart_lines(keys)],
        "rows": [(metric_label(key[1:]), [_cell(key, comparison) for comparison in history]) for key in keys],
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
    return {"uri": thumbnails.data_uri(interval_charts.history(series, title), "image/svg+xml"), "alt": alt}


def _point(key: MetricKey, comparison: RevisionComparison) -> interval_charts.IntervalPoint:
    return interval_point(comparison.now.values.get(key), key in comparison.moves)


def _cell(key: MetricKey, comparison: RevisionComparison) -> tuple[MetricValue | None, str]:
    """A value, and the direction in which it moved beyond its interval: up, down or empty."""
    metric = comparison.now.values.get(key)
    if metric is None or key not in comparison.moves:
        return metric, ""
    return metric, "up" if metric.value > comparison.moves[key][0].value else "down"
