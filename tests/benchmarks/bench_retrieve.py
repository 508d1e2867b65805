"""Nearest neighbours by cosine: 5,679 queries among 138,708 items of 512 numbers, the ten first.

The baseline asks scikit-learn's NearestNeighbors (brute force, fitted beforehand) for one query after the other, with
`metric="cosine"` and with euclidean distances between vectors brought to unit length beforehand; the faster one counts,
with all of its threads. It is timed on a sample of the queries and scaled to all of them, as each costs the same. What
no exact search can do without, one float32 product a chunk of queries and torch's top-k of it, is timed beside ours.
Vectors are random: the time doesn't hang on them.
"""

import os
import statistics

import numpy as np
import pytest
import torch
from children import peak_of
from sklearn.neighbors import NearestNeighbors

from benchmarks.measuring import interleaved, keep
from fieldlink.core.devices import timed_run
from fieldlink.evaluation.measures.fast_neighbours import fast_neighbours
from fieldlink.evaluation.measures.nearest_neighbours import Gallery

pytestmark = pytest.mark.bench

QUERIES, ITEMS, WIDTH, K = 5679, 138_708, 512, 10
SAMPLE = 16  # queries that scikit-learn is timed on
CHUNK = 128  # queries of the bare product at once


def vectors(rows: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, WIDTH), np.float32)


def ours(queries: np.ndarray, items: np.ndarray) -> np.ndarray:
    return fast_neighbours(queries, np.full(len(queries), -1), Gallery.of_objects(items), K).item


def bare(queries: np.ndarray, items: np.ndarray) -> np.ndarray:
    """A product and a top-k of unit vectors, nothing else."""
    unit = torch.from_numpy(items / np.linalg.norm(items, axis=1, keepdims=True)).T
    return torch.cat([(part @ unit).topk(K).indices for part in torch.from_numpy(queries).split(CHUNK)]).numpy()


def per_query(search: NearestNeighbors, queries: np.ndarray) -> np.ndarray:
    return np.concatenate([search.kneighbors(query[None], return_distance=False) for query in queries])


def test_retrieve(quick: bool):
    torch.set_num_threads(os.cpu_count() or 1)
    items = vectors(2000 if quick else ITEMS, 1)
    queries = vectors(100 if quick else QUERIES, 2)
    sample, unit = queries[:SAMPLE], items / np.linalg.norm(items, axis=1, keepdims=True)
    cosine = NearestNeighbors(n_neighbors=K, metric="cosine", algorithm="brute").fit(items)
    euclidean = NearestNeighbors(n_neighbors=K, algorithm="brute").fit(unit)
    rounds = interleaved(
        {
            "cosine": lambda: timed_run(lambda: per_query(cosine, sample)),
            "ours": lambda: timed_run(lambda: ours(queries, items)),
            "euclidean": lambda: timed_run(lambda: per_query(euclidean, sample)),
            "bare": lambda: timed_run(lambda: bare(queries, items)),
        },
        1 if quick else 3,
    )
    rows = {"cosine": SAMPLE, "euclidean": SAMPLE, "ours": len(queries), "bare": len(queries)}
    whole = {way: [QUERIES * took / rows[way] for took, _ in runs] for way, runs in rounds.items()}
    medians = {way: statistics.median(seconds) for way, seconds in whole.items()}
    best = min(("cosine", "euclidean"), key=lambda way: medians[way])
    agreement = {way: same(rounds[way][0][1], rounds["ours"][0][1]) for way in ("cosine", "euclidean", "bare")}
    few, many = (peak_of(lambda n=n: ours(queries[:n], items)) / 2**20 for n in (len(queries) // 4, len(queries)))
    keep(
        "retrieve",
        ">= 50 x, within 2 x of a bare product and top-k, memory bounded by the chunk",
        __doc__,
        unit="for all queries",
        seconds={"baseline": whole[best], "ours": whole["ours"]},
        quality=({"same items as ours": agreement[best]}, {"same items as ours": 1.0}),
        sizes={"queries": QUERIES, "items": len(items), "width": WIDTH, "k": K},
        also={f"{way}: s": medians[way] for way in ("cosine", "euclidean", "bare")}
        | {"ours by bare": medians["ours"] / medians["bare"]}
        | {f"ours, {len(queries) // 4} queries: MB": few, f"ours, {len(queries)} queries: MB": many},
        remarks=[
            f"scikit-learn's faster metric is {best}; timed on {SAMPLE} queries, scaled to {QUERIES:,}.",
            "MB: peak memory beyond the vectors given; the items at unit length are part of it, whatever the queries.",
        ],
    )


def same(a: np.ndarray, b: np.ndarray) -> float:
    """Share of the first queries' items that both found."""
    pairs = list(zip(a, b, strict=False))
    return float(np.mean([len(np.intersect1d(x, y)) / K for x, y in pairs]))
