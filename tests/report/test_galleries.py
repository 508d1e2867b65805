"""Which queries a gallery shows, and what it says of them."""

import numpy as np
import pyarrow as pa

from fieldlink.report import galleries

PICTURE = np.zeros((2, 2, 3), np.uint8)
CLASS_OF = {"a": "car", "b": "car", "c": "lamp", "d": "lamp"}


def rows(*neighbours: tuple[str, int, str], variant: str = "clip2nerf cosine") -> pa.Table:
    return pa.table(
        {
            "variant": [variant] * len(neighbours),
            "seed": [0] * len(neighbours),
            "query_id": [query for query, _, _ in neighbours],
            "domain": ["gt"] * len(neighbours),
            "rank": [rank for _, rank, _ in neighbours],
            "object_id": [item for _, _, item in neighbours],
        }
    )


def test_the_sample_is_fair_it_depends_on_ids_and_seed_alone():
    ids = [f"object-{number}" for number in range(50)]
    sample = galleries.sample_ids(ids, 6, seed=3)
    assert sample == galleries.sample_ids([*reversed(ids), *ids], 6, seed=3)
    assert len(set(sample)) == 6
    counts = np.bincount([int(i.split("-")[1]) for seed in range(500) for i in galleries.sample_ids(ids, 6, seed)])
    assert counts.min() > 30  # 60 expected
    assert counts.max() < 100


def test_finds_stand_in_order_of_rank_and_are_right_where_the_classes_agree():
    neighbours = rows(("a", 2, "b"), ("a", 1, "c"), ("c", 1, "d"), ("c", 2, "a"))
    pictures = dict.fromkeys("abcd", PICTURE)
    shown = galleries.gallery(
        neighbours, "clip2nerf cosine", ["a"], class_of=CLASS_OF, query_pictures=pictures, item_pictures=pictures
    )
    assert [(item.object_id, item.same_class) for item in shown.queries[0].items] == [("c", False), ("b", True)]
    assert (shown.hit_rate, shown.query_count) == (50.0, 2)


def test_one_variant_of_each_mapper_is_shown_mappers_first():
    names = ["CLIP mean", "nerf2clip cosine", "clip2nerf siglip", "clip2nerf cosine"]
    table = pa.concat_tables([rows(("a", 1, "b"), variant=name) for name in names])
    assert galleries.shown_variants(table, most=2) == ["clip2nerf cosine", "nerf2clip cosine"]
    assert galleries.shown_variants(table, most=3)[2] == "CLIP mean"
