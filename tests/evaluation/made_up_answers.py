"""Answers of every published place and of our controls, as studies would leave them, as skilled as published."""

import re
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa

from fieldlink.core import datasets
from fieldlink.core.schemas import ANSWERS
from fieldlink.evaluation.claims.evidence import published_values
from fieldlink.evaluation.repeated_runs import run_of
from fieldlink.evaluation.results.query_results import CellKey, QueryResults, columns
from fieldlink.evaluation.results.saved_results import SavedResults, by_cell

PUBLISHED = Path(__file__).parent.parent.parent / "reports" / "published" / "tables.csv"
VALUES = published_values(PUBLISHED.read_text("utf-8"), str(PUBLISHED))
UNTRAINED = ("clip ", "CLIP ")
STAND_INS = {"4.8": ("4.5a", "gt only"), "4.9a": ("4.4a", "original"), "4.9b": ("4.5a", "original")}


def controls() -> dict[CellKey, float]:
    """Our controls of Tables 4.8 and 4.9, as skilled as the rows of other tables that the study has in their place."""
    skills = {}
    for key in VALUES:
        if key.table in STAND_INS:
            table, name = STAND_INS[key.table]
            row = key.row.removesuffix(" syn2real")
            skills[key._replace(row=f"{row} {name}")] = VALUES[key._replace(table=table, row=row)]
    return skills | likes()


def likes() -> dict[CellKey, float]:
    """Rows of ours beside the published ones that they are like."""
    distinct = {key._replace(row="CLIP all distinct"): value for key, value in VALUES.items() if key.row == "CLIP all"}
    swept = {key._replace(row=f"{key.row} equal-steps"): value for key, value in VALUES.items() if "batch=" in key.row}
    return distinct | swept


SKILLS = VALUES | controls()


def answers(
    skill: Callable[[CellKey], float] = SKILLS.__getitem__, places: Iterable[CellKey] = SKILLS, queries: int = 400
) -> list[QueryResults]:
    """One set of answers a place: `skill` percent of the queries right, the easiest ones, by each of three seeds."""
    results = []
    for key in places:
        kind = "photo" if key.metric == "recall_real" or key.row == "concat real" else "object"
        ease = np.random.default_rng(len(kind)).permutation(queries) / queries
        seeds = (0,) if key.row.startswith(UNTRAINED) else (0, 1, 2)
        values = np.tile(ease < skill(key) / 100, (len(seeds), 1))
        predictions = [np.array([zlib.crc32(str(run_of(key)).encode()), seed]) for seed in seeds]
        ids, batch = [f"{kind}-{i}" for i in range(queries)], re.search(r"batch=(\d+)", key.row)
        setting = f"batch {batch[1]}" if batch else ""
        results.append(QueryResults.of(key, values, seeds, ids, predictions, setting=setting))
    return results


def rows(results: Iterable[QueryResults]) -> pa.Table:
    return datasets.table(ANSWERS, columns(list(results), "test"))


def saved_by_key(results: Iterable[QueryResults]) -> dict[CellKey, SavedResults]:
    return by_cell([rows(results)])
