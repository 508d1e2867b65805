"""The metrics of several revisions beside each other: values with their intervals, and what moved."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from ruamel.yaml import YAML, YAMLError

from fieldlink.core.errors import InputError
from fieldlink.report.revisions import Revision

Key = tuple[str, ...]  # the metrics file, then its keys down to a number


@dataclass(frozen=True)
class Point:
    """A metric at a revision; bounds are None where no table has them."""

    value: float
    low: float | None = None
    high: float | None = None

    def apart(self, other: "Point | None") -> bool:
        """Whether the two intervals do not overlap."""
        if other is None or self.low is None or self.high is None or other.low is None or other.high is None:
            return False
        return self.high < other.low or other.high < self.low


@dataclass(frozen=True)
class Entry:
    """One revision, and the earlier one it is compared with: an experiment's baseline, else the one before it."""

    revision: Revision
    params: Mapping[Key, str]
    points: Mapping[Key, Point]
    before: int | None

    def changes(self, entries: Sequence["Entry"]) -> list[tuple[str, str, str]]:
        """Parameter, old and new value, against the revision compared with; – where there is none."""
        if self.before is None:
            return []
        old, new = entries[self.before].params, self.params
        keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        return [(".".join(key), old.get(key, "–"), new.get(key, "–")) for key in keys]

    def moved(self, entries: Sequence["Entry"]) -> dict[Key, tuple[Point, Point]]:
        """Metrics whose interval does not overlap that at the revision compared with, before and now."""
        if self.before is None:
            return {}
        old = entries[self.before].points
        return {key: (old[key], point) for key, point in self.points.items() if point.apart(old.get(key))}


def entries(revisions: Sequence[Revision]) -> list[Entry]:
    """In the order given."""
    commits = [revision.commit for revision in revisions]
    found = []
    for place, revision in enumerate(revisions):
        before = commits.index(revision.baseline) if revision.baseline in commits else place - 1
        found.append(Entry(revision, *_read(revision), before if before >= 0 else None))
    return found


def leaves(values: Any, key: Key = ()) -> Iterator[tuple[Key, Any]]:
    """What nested mappings hold, by the keys on the way."""
    if isinstance(values, Mapping):
        for name, value in values.items():
            yield from leaves(value, (*key, str(name)))
    else:
        yield key, values


def _read(revision: Revision) -> tuple[dict[Key, str], dict[Key, Point]]:
    params: dict[Key, str] = {}
    numbers: dict[Key, float] = {}
    bounds: dict[tuple[str, ...], list[tuple[float, float, float]]] = {}
    for path, text in revision.files.items():
        name, kind = PurePath(path).stem, PurePath(path).suffix
        try:
            if kind == ".yaml":
                params = {key: str(value) for key, value in leaves(YAML(typ="safe").load(text))}
            elif kind == ".json":
                found = leaves(json.loads(text), (name,))
                numbers |= {key: float(value) for key, value in found if isinstance(value, int | float)}
            elif kind == ".csv":
                for at, values in _bounds(text):
                    bounds.setdefault((name, *at), []).append(values)
        except (KeyError, TypeError, ValueError, YAMLError) as error:
            raise InputError(f"revision {revision.name!r}: {path} cannot be read ({error})") from error
    return params, {key: _point(value, bounds.get((key[0], *key[-2:]), [])) for key, value in numbers.items()}


def _bounds(text: str) -> Iterator[tuple[tuple[str, str], tuple[float, float, float]]]:
    """Row and column (of claims: number and part) of a table's CSV text, with value and bounds."""
    for row in csv.DictReader(io.StringIO(text)):
        if "claim" in row:
            at, value = (row["claim"], row["part"] or "headline"), row["effect"]
        else:
            at, value = (row["row"], row["column"]), row["value"]
        if value:
            yield at, (float(value), float(row["ci_low"]), float(row["ci_high"]))


def _point(value: float, rows: Sequence[tuple[float, float, float]]) -> Point:
    """A metric with the bounds of the table row that has its value; tables of a study may share rows and columns."""
    return next((Point(*row) for row in rows if row[0] == value), Point(value))
