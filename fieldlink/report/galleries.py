"""Retrieval galleries: queries drawn by a seed, not for their success, and the NeRFs nearest to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fieldlink.core import variants
from fieldlink.core.seeds import seed_of
from fieldlink.embeddings.view_embeddings import ViewRows
from fieldlink.report.report_study import ReportStudy
from fieldlink.report.thumbnails import Picture, pictures_by_id


@dataclass(frozen=True)
class GalleryItem:
    object_id: str
    class_name: str
    same_class: bool  # as the query
    picture: Picture


@dataclass(frozen=True)
class GalleryQuery:
    query_id: str
    class_name: str
    picture: Picture
    items: list[GalleryItem]  # by rank


@dataclass(frozen=True)
class QueryGallery:
    """Some queries of one domain with the items that one variant ranks first."""

    variant: str
    domain: str
    queries: list[GalleryQuery]
    hit_rate: float  # percent of all queries of this variant, domain and seed whose first item has their class
    query_count: int  # number of those queries


def query_galleries(study: ReportStudy, queries: int = 6, depth: int = 5) -> list[QueryGallery]:
    """One gallery per query domain and shown variant; the same queries for all variants of a domain.

    `queries`: number of a gallery's queries. `depth`: number of a query's items.
    """
    neighbours, read_renders = study.rows.neighbours, study.readers.rendered_views
    if neighbours is None or read_renders is None:
        return []
    galleries = []
    for domain, read_queries in (("gt", study.readers.views), ("photo", study.readers.photos)):
        rows = _first_seed_rows(neighbours, domain)
        if read_queries is None or not len(rows):
            continue
        query_ids = sample_ids(
            rows["query_id"].to_pylist(), queries, seed_of(study.params.study.seed, "gallery", domain)
        )
        first_items = rows.filter(pc.field("query_id").isin(query_ids) & (pc.field("rank") <= depth))
        items = read_renders(sorted(set(first_items["object_id"].to_pylist())))
        item_pictures = pictures_by_id(items, "object_id", study.display_view)
        pictures = query_pictures(read_queries(sorted(query_ids)), study, domain)
        galleries += [
            gallery(
                rows,
                variant,
                query_ids,
                class_of=study.class_of,
                query_pictures=pictures,
                item_pictures=item_pictures,
                depth=depth,
            )
            for variant in shown_variants(rows)
        ]
    return galleries


def first_of_each_domain(galleries: Sequence[QueryGallery]) -> list[QueryGallery]:
    """The first gallery of each query domain."""
    return list({gallery.domain: gallery for gallery in reversed(galleries)}.values())[::-1]


def query_pictures(rows: pa.Table, study: ReportStudy, domain: str) -> dict[str, np.ndarray]:
    """RGB pictures of queries by id: photos as they are; of an object the view that the evaluation drew."""
    if domain == "photo":
        return pictures_by_id(rows, "photo_id")
    rows = rows.sort_by([("object_id", "ascending"), ("view", "ascending")])
    views = ViewRows.of_owners(rows["object_id"].to_pylist(), rows["view"].to_numpy())
    return pictures_by_id(rows.filter(pa.array(views.draw(study.params.study.seed, "query") == 0)), "object_id")


def sample_ids(ids: Sequence[str], count: int, seed: int) -> list[str]:
    """A uniform draw of distinct ids without replacement, in the order drawn. It depends on ids and seed alone."""
    distinct = sorted(set(ids))
    order = np.random.default_rng(seed).permutation(len(distinct))
    return [distinct[i] for i in order[:count]]


def _first_seed_rows(neighbours: pa.Table, domain: str) -> pa.Table:
    """Rows of one query domain and the first training seed."""
    rows = neighbours.filter(pc.field("domain") == domain)
    return rows.filter(pc.field("seed") == min(rows["seed"].to_pylist())) if len(rows) else rows


def shown_variants(rows: pa.Table, most: int = 2) -> list[str]:
    """Up to `most` variants: the first of each mapper in name order, then of each other method."""
    firsts: dict[tuple[bool, str], str] = {}
    for text in sorted(set(rows["variant"].to_pylist())):
        variant = variants.parse(text)
        firsts.setdefault((variant.direction is None, variant.direction or variant.method or ""), text)
    ordered = sorted(firsts.items(), key=lambda item: (item[0][0], item[1]))
    return [text for _, text in ordered][:most]


def gallery(
    rows: pa.Table,
    variant: str,
    query_ids: Sequence[str],
    *,
    class_of: Mapping[str, str],
    query_pictures: Mapping[str, np.ndarray],
    item_pictures: Mapping[str, np.ndarray],
    depth: int = 5,
) -> QueryGallery:
    """The first `depth` items of each query. `class_of`: class names of queries and items by id."""
    ranked = rows.filter(pc.field("variant") == variant).sort_by([("query_id", "ascending"), ("rank", "ascending")])
    firsts = ranked.filter(pc.field("rank") == 1).to_pylist()
    hits = [class_of[row["object_id"]] == class_of[row["query_id"]] for row in firsts]
    queries = []
    for query_id in query_ids:
        object_ids = ranked.filter(pc.field("query_id") == query_id)["object_id"].to_pylist()[:depth]
        query_class = class_of[query_id]
        items = [GalleryItem(i, class_of[i], class_of[i] == query_class, item_pictures[i]) for i in object_ids]
        queries.append(GalleryQuery(query_id, query_class, query_pictures[query_id], items))
    return QueryGallery(variant, rows["domain"][0].as_py(), queries, 100 * float(np.mean(hits)), len(hits))
