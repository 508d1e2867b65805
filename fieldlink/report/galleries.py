"""Retrieval galleries: queries drawn by a seed, not for their success, and the NeRFs they found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fieldlink.core.seeds import seed_of
from fieldlink.embeddings.view_embeddings import ViewEmbeddings
from fieldlink.report.study import Study
from fieldlink.report.thumbnails import Picture, of_rows

DOMAINS = {"gt": "a ground-truth view of another object", "photo": "a photo"}


@dataclass(frozen=True)
class Hit:
    object_id: str
    class_name: str
    right: bool  # of the query's class
    picture: Picture


@dataclass(frozen=True)
class Query:
    query_id: str
    class_name: str
    picture: Picture
    hits: list[Hit]


@dataclass(frozen=True)
class Gallery:
    """What some queries of one domain found with one variant, and how often rank 1 was right over all queries."""

    variant: str
    domain: str
    queries: list[Query]
    right_first: float  # percent, over all queries of this variant, domain and seed
    asked: int  # how many those are


def of_study(study: Study, queries: int = 6, depth: int = 5) -> list[Gallery]:
    """One gallery per query domain and variant shown; the same queries for all variants of a domain."""
    if study.neighbours is None or study.renders_of is None:
        return []
    shown = []
    for domain, read in (("gt", study.views_of), ("photo", study.photos_of)):
        rows = _of_domain(study.neighbours, domain)
        if read is None or not len(rows):
            continue
        seed = seed_of(study.params.study.seed, "gallery", domain)
        asked = sample(rows["query_id"].to_pylist(), queries, seed)
        of_asked = rows.filter(pc.field("query_id").isin(asked) & (pc.field("rank") <= depth))
        items = study.renders_of(sorted(set(of_asked["object_id"].to_pylist())))
        item_pictures = of_rows(items, "object_id", study.shown_view)
        asked_pictures = query_pictures(read(sorted(asked)), study, domain)
        shown += [
            gallery(
                rows,
                variant,
                asked,
                class_of=study.class_of,
                query_pictures=asked_pictures,
                item_pictures=item_pictures,
                depth=depth,
            )
            for variant in variants(rows)
        ]
    return shown


def first_of_each_domain(shown: Sequence[Gallery]) -> list[Gallery]:
    """One gallery per query domain, the first of each."""
    return list({gallery.domain: gallery for gallery in reversed(shown)}.values())[::-1]


def query_pictures(rows: pa.Table, study: Study, domain: str) -> dict[str, np.ndarray]:
    """Photos as they are; of an object the very view that the evaluation drew."""
    if domain == "photo":
        return of_rows(rows, "photo_id")
    rows = rows.sort_by([("object_id", "ascending"), ("view", "ascending")])
    views = ViewEmbeddings.of(rows["object_id"].to_pylist(), rows["view"].to_numpy(), np.zeros((len(rows), 0)))
    return of_rows(rows.filter(pa.array(views.draw(study.params.study.seed, "query") == 0)), "object_id")


def sample(ids: Sequence[str], count: int, seed: int) -> list[str]:
    """A fair draw of ids: uniform, without repeats, whatever the queries found; in the order drawn."""
    distinct = sorted(set(ids))
    order = np.random.default_rng(seed).permutation(len(distinct))
    return [distinct[i] for i in order[:count]]


def _of_domain(neighbours: pa.Table, domain: str) -> pa.Table:
    """Rows of one query domain, first training seed only."""
    rows = neighbours.filter(pc.field("domain") == domain)
    return rows.filter(pc.field("seed") == min(rows["seed"].to_pylist())) if len(rows) else rows


def variants(rows: pa.Table, most: int = 2) -> list[str]:
    """Up to `most` variants to show: one of each mapper where there are several, the first of each in name order."""
    found = sorted(set(rows["variant"].to_pylist()))
    mappers: dict[str, str] = {}
    for variant in found:
        mappers.setdefault(variant.split()[0], variant)
    firsts = sorted(mappers.values(), key=lambda variant: (not variant.startswith(("clip2nerf", "nerf2clip")), variant))
    return firsts[:most]


def gallery(
    rows: pa.Table,
    variant: str,
    queries: Sequence[str],
    *,
    class_of: Mapping[str, str],
    query_pictures: Mapping[str, np.ndarray],
    item_pictures: Mapping[str, np.ndarray],
    depth: int = 5,
) -> Gallery:
    """The first `depth` items of each query; `class_of` knows the class of queries and items."""
    mine = rows.filter(pc.field("variant") == variant).sort_by([("query_id", "ascending"), ("rank", "ascending")])
    first = mine.filter(pc.field("rank") == 1).to_pylist()
    right = [class_of[row["object_id"]] == class_of[row["query_id"]] for row in first]
    shown = []
    for query in queries:
        found = mine.filter(pc.field("query_id") == query)["object_id"].to_pylist()[:depth]
        own = class_of[query]
        hits = [Hit(item, class_of[item], class_of[item] == own, item_pictures[item]) for item in found]
        shown.append(Query(query, own, query_pictures[query], hits))
    return Gallery(variant, rows["domain"][0].as_py(), shown, 100 * float(np.mean(right)), len(right))
