"""What one world's tables say: effects of claims and values of cells, each with the variance within the world."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from fieldlink.core.errors import InputError
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.worlds.claimed_contrasts import ClaimedContrast, ClaimKey
from fieldlink.evaluation.worlds.pooling import within_variance

NAN = float("nan")
SeedValues = Mapping[CellKey, Float[np.ndarray, " seed"]]


@dataclass(frozen=True)
class WorldEffect:
    """One number of one world: an effect in points, or a cell in percent."""

    value: float
    within: float  # variance of its noise
    seed_part: float = NAN  # of that variance, what training seeds add; NaN where that isn't known
    text: str = ""
    published: float = NAN


@dataclass(frozen=True)
class World:
    """The committed tables of one study seed."""

    seed: int
    claims: Mapping[ClaimKey, WorldEffect]  # without those that have no effect in this world
    cells: Mapping[CellKey, WorldEffect]


def read_world(
    seed: int, files: Mapping[str, str], contrasts: Mapping[ClaimKey, ClaimedContrast], level: float
) -> World:
    """A world from the CSV texts of its tables by path; `level` of the tables' intervals.

    Raises `InputError` for a text that can't be read, and where there is no table.
    """
    rows = {path: list(csv.DictReader(io.StringIO(text))) for path, text in files.items()}
    claims: dict[ClaimKey, WorldEffect] = {}
    cells: dict[CellKey, WorldEffect] = {}
    values: dict[CellKey, list[float]] = {}
    for path, row in ((path, row) for path, of_file in rows.items() for row in of_file if "seed" in row):
        with _naming(seed, path):
            values.setdefault(CellKey.of(row), []).append(float(row["value"]))
    by_seed = {key: np.array(numbers) for key, numbers in values.items()}
    for path, row in ((path, row) for path, of_file in rows.items() for row in of_file if "seed" not in row):
        with _naming(seed, path):
            if "claim" not in row:
                cells[CellKey.of(row)] = _cell(row, by_seed, level)
            elif row["effect"]:
                claim = int(row["claim"]), row["part"]
                claims[claim] = _claim(row, contrasts.get(claim), by_seed)
    if not cells:
        raise InputError(f"world {seed}: no result tables, expected reports/tables/*.csv in its commit")
    return World(seed, claims, cells)


@contextmanager
def _naming(seed: int, path: str) -> Iterator[None]:
    """Errors of a file's rows name world and file."""
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"world {seed}: {path} cannot be read ({error!r})") from error


def _claim(row: Mapping[str, str], contrast: ClaimedContrast | None, by_seed: SeedValues) -> WorldEffect:
    """A line of claims.csv that has an effect."""
    trained = {key: weight for key, weight in ((contrast and contrast.cells) or {}).items() if key in by_seed}
    values = np.array([weight * by_seed[key] for key, weight in trained.items()]).sum(axis=0) if trained else None
    low, high, level = (float(row[name]) for name in ("ci_low", "ci_high", "level"))
    published = float(row["published_effect"]) if row["published_effect"] else NAN
    if contrast is None or contrast.cells is None:
        return WorldEffect(float(row["effect"]), within_variance(low, high, level), NAN, row["text"], published)
    within, seed_part = _variances(low, high, level, values)
    return WorldEffect(float(row["effect"]), within, seed_part, row["text"], published)


def _cell(row: Mapping[str, str], by_seed: SeedValues, level: float) -> WorldEffect:
    within, seed_part = _variances(float(row["ci_low"]), float(row["ci_high"]), level, by_seed.get(CellKey.of(row)))
    return WorldEffect(float(row["value"]), within, seed_part if by_seed else NAN)  # NaN: each was trained once


def _variances(
    low: float, high: float, level: float, by_seed: Float[np.ndarray, " seed"] | None
) -> tuple[float, float]:
    """The variance within the world, and what training seeds add to it, which is 0 where nothing is trained."""
    if by_seed is None:
        return within_variance(low, high, level), 0.0
    seed_part = float(by_seed.var(ddof=1)) / len(by_seed)
    return within_variance(low, high, level, seed_part, len(by_seed)), seed_part
