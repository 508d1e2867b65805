"""The history page: revisions, what moved between them, and every metric as a line."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fieldlink.report import charts, table_titles, templates, thumbnails
from fieldlink.report.history import Entry, Key, Point

LINES = 8  # of one chart


def html(entries: Sequence[Entry]) -> str:
    """The whole page. All text from commits and files is escaped."""
    moved = [entry.moved(entries) for entry in entries]
    page = {
        "revisions": [_revision(entry, entries, len(found)) for entry, found in zip(entries, moved, strict=True)],
        "moved": list(_moved(entries, moved)),
        "files": [_file(name, keys, entries, moved) for name, keys in _files(entries).items()],
    }
    return templates.rendered("history.html", page)


def _revision(entry: Entry, entries: Sequence[Entry], moved: int) -> dict[str, Any]:
    return {
        "name": entry.revision.name,
        "commit": entry.revision.commit[:10],
        "date": entry.revision.date,
        "subject": "an experiment" if entry.revision.baseline else entry.revision.subject,
        "before": None if entry.before is None else entry.before + 1,
        "changes": entry.changes(entries),
        "metrics": len(entry.points),
        "moved": moved,
    }


def _moved(
    entries: Sequence[Entry], moved: Sequence[Mapping[Key, tuple[Point, Point]]]
) -> Iterator[tuple[str, int, Point, int, Point]]:
    """Metric, number and value of the earlier revision, and of the later one."""
    for number, (entry, found) in enumerate(zip(entries, moved, strict=True), start=1):
        for key, (old, new) in found.items():
            yield _words(key), (entry.before or 0) + 1, old, number, new


def _files(entries: Sequence[Entry]) -> dict[str, list[Key]]:
    """Every metric that some revision has, by file, in the order of the latest."""
    files: dict[str, list[Key]] = {}
    for key in dict.fromkeys(key for entry in reversed(entries) for key in entry.points):
        files.setdefault(key[0], []).append(key)
    return dict(sorted(files.items()))


def _file(name: str, keys: Sequence[Key], entries: Sequence[Entry], moved: Sequence[Mapping[Key, Any]]) -> dict:
    return {
        "name": name,
        "metrics": len(keys),
        "moved": sum(key in found for found in moved for key in keys),
        "charts": [_chart(_words((name, *at)), own, entries, moved) for at, own in _groups(keys)],
        "rows": [(_words(key[1:]), [_cell(key, e, m) for e, m in zip(entries, moved, strict=True)]) for key in keys],
    }


def _groups(keys: Sequence[Key]) -> Iterator[tuple[Key, dict[str, Key]]]:
    """What shares a chart, by its title: the columns of a row, or the rows of a column where rows have only one."""
    columns = Counter(key[1:-1] for key in keys)
    alone = {key for key in keys if len(key) > 2 and columns[key[1:-1]] == 1}
    groups: dict[Key, dict[str, Key]] = {}
    for key in keys:
        at, line = ((*key[1:-2], key[-1]), key[-2]) if key in alone else (key[1:-1], key[-1])
        groups.setdefault(at, {})[table_titles.words(line)] = key
    for at, lines in groups.items():
        for first in range(0, len(lines), LINES):
            yield at, dict(list(lines.items())[first : first + LINES])


def _chart(
    title: str, lines: Mapping[str, Key], entries: Sequence[Entry], moved: Sequence[Mapping[Key, Any]]
) -> dict[str, str]:
    series = {
        name: [_mark(entry.points.get(key), key in m) for entry, m in zip(entries, moved, strict=True)]
        for name, key in lines.items()
    }
    alt = f"{title}: {', '.join(series)} over {len(entries)} revisions; the numbers stand in the table below"
    return {"uri": thumbnails.uri(charts.history(series, title), "image/svg+xml"), "alt": alt}


def _mark(point: Point | None, moved: bool) -> charts.Mark:
    if point is None:
        return charts.Mark()
    low, high = (point.value if bound is None else bound for bound in (point.low, point.high))
    return charts.Mark(point.value, low, high, moved)


def _cell(key: Key, entry: Entry, moved: Mapping[Key, tuple[Point, Point]]) -> tuple[Point | None, str]:
    """A value, and which way it moved beyond its interval."""
    point = entry.points.get(key)
    if point is None or key not in moved:
        return point, ""
    return point, "up" if point.value > moved[key][0].value else "down"


def _words(key: Key) -> str:
    return " · ".join(table_titles.words(part) for part in key)
