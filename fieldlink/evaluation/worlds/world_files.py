"""What one world's tables say: effects of claims and values of cells, each with the variance within the world."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from fieldlink.core.errors import InputError
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.worlds.pooling import variance_of_interval

ClaimKey = tuple[int, str]  # claim and part; the part of the primary contrast is empty
NAN = float("nan")


@dataclass(frozen=True)
class WorldEffect:
    """One number of one world: an effect in points, or a cell in percent."""

    value: float
    within: float  # variance of its noise
    seed_part: float = NAN  # of that variance, what training seeds add
    text: str = ""
    published: float = NAN


@dataclass(frozen=True)
class World:
    """The committed tables of one study seed."""

    seed: int
    claims: Mapping[ClaimKey, WorldEffect]  # without those that have no effect in this world
    cells: Mapping[CellKey, WorldEffect]


def read_world(seed: int, files: Mapping[str, str], level: float) -> World:
    """A world from the CSV texts of its tables by path; `level` of the tables' intervals.

    Raises `InputError` for a text that can't be read, and where there is no table of claims.
    """
    claims: dict[ClaimKey, WorldEffect] = {}
    cells: dict[CellKey, WorldEffect] = {}
    by_seed: dict[CellKey, list[float]] = {}
    for path, text in files.items():
        try:
            for row in csv.DictReader(io.StringIO(text)):
                if "claim" in row:
                    claims |= dict(_claim(row))
                elif "seed" in row:
                    by_seed.setdefault(_cell_key(row), []).append(float(row["value"]))
                else:
                    within = variance_of_interval(float(row["ci_low"]), float(row["ci_high"]), level)
                    cells[_cell_key(row)] = WorldEffect(float(row["value"]), within)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"world {seed}: {path} cannot be read ({error!r})") from error
    if not cells:
        raise InputError(f"world {seed}: no result tables, expected reports/tables/*.csv in its commit")
    return World(seed, claims, {key: _with_seeds(cell, by_seed.get(key, [])) for key, cell in cells.items()})


def _claim(row: Mapping[str, str]) -> Iterator[tuple[ClaimKey, WorldEffect]]:
    """A line of claims.csv, if it has an effect."""
    if row["effect"]:
        published = float(row["published_effect"]) if row["published_effect"] else NAN
        within = variance_of_interval(float(row["ci_low"]), float(row["ci_high"]), float(row["level"]))
        effect = WorldEffect(float(row["effect"]), within, text=row["text"], published=published)
        yield (int(row["claim"]), row["part"]), effect


def _cell_key(row: Mapping[str, str]) -> CellKey:
    return CellKey(*(row[name] for name in CellKey._fields))


def _with_seeds(cell: WorldEffect, values: list[float]) -> WorldEffect:
    """A cell with the variance that its training seeds add to their mean; none where nothing is trained."""
    seed_part = float(np.var(values, ddof=1)) / len(values) if len(values) > 1 else 0.0
    return WorldEffect(cell.value, cell.within, min(seed_part, cell.within))
