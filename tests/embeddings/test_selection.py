import numpy as np
import pytest

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import MAPPED_EMBEDDINGS, OBJECTS
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.embeddings.selection import labels, originals, rows_of

IDS = ["a", "a-a1", "b", "c", "d"]


def catalogue():
    columns = {
        "object_id": IDS,
        "class_name": ["lamp", "lamp", "lamp", "table", "table"],
        "synset": ["00000000"] * 5,
        "split": ["train", "train", "test", "test", "train"],
        "source": ["test"] * 5,
        "base_object_id": ["a", "a", "b", "c", "d"],
        "augmentation": [0, 1, 0, 0, 0],
        "caption": [None] * 5,
    }
    return datasets.table(OBJECTS, columns)


def test_originals_of_a_split_have_all_that_is_needed():
    assert originals(catalogue(), "train")["object_id"].to_pylist() == ["a", "d"]
    assert originals(catalogue(), "test", required_ids=[IDS, ["c", "d"]])["object_id"].to_pylist() == ["c"]


def test_a_split_without_any_is_an_error_that_names_it():
    with pytest.raises(InputError, match=r"^data/objects: no original of split validation"):
        originals(catalogue(), "validation", source="data/objects")


def test_only_keeps_the_tables_order_and_labels_name_what_is_unknown():
    assert rows_of(catalogue(), "object_id", ["d", "b", "x"])["object_id"].to_pylist() == ["b", "d"]
    assert labels(["table", "lamp"], ["lamp", "table"], "photos").tolist() == [1, 0]
    with pytest.raises(InputError, match=r"photos: no class \['moon'\], expected some of \['lamp', 'table'\]"):
        labels(["moon"], ["lamp", "table"], "photos")


def test_mapped_vectors_come_in_the_order_asked_and_missing_ones_are_named():
    columns = {"variant": ["v"] * 2, "seed": [0] * 2, "domain": ["nerf"] * 2, "owner_id": ["a", "b"]}
    mapped = MappedVectors(datasets.table(MAPPED_EMBEDDINGS, {**columns, "embedding": np.array([[1.0, 2], [3, 4]])}))
    assert mapped.vectors("v", 0, "nerf", ["b", "a"]).tolist() == [[3, 4], [1, 2]]
    assert mapped.variants == {"v": [0]}
    with pytest.raises(InputError, match=r"'v' seed=0 nerf: 1 ids are missing, such as \['c'\]"):
        mapped.vectors("v", 0, "nerf", ["a", "c"])
