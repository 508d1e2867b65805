"""Selection of an experiment's objects and of their rows in datasets."""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float, Int

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.embeddings.view_embeddings import ViewEmbeddings

EVALUATED = ("test", "validation")  # splits: of tables, and to tune on


def originals(
    objects: pa.Table,
    split: str | Sequence[str],
    *,
    required_ids: Sequence[Iterable[str]] = (),
    source: str = "objects",
) -> pa.Table:
    """Rows of `objects` of a split, or of several, that are no augmented copies and whose id is in all `required_ids`.

    Raises `InputError` if there is no such row. `source`: the rows' name in errors.
    """
    rows = with_copies(objects.filter(pc.field("augmentation") == 0), split, required_ids)
    if not len(rows):
        raise InputError(f"{source}: no original of split {split} has all the embeddings needed, expected at least one")
    return rows


def with_copies(objects: pa.Table, split: str | Sequence[str], required_ids: Sequence[Iterable[str]] = ()) -> pa.Table:
    """Like `originals`, with augmented copies; the result may be empty."""
    ids = sorted(set(objects["object_id"].to_pylist()).intersection(*required_ids))
    is_selected = pc.field("split").isin([split] if isinstance(split, str) else list(split))
    return objects.filter(is_selected & pc.field("object_id").isin(pa.array(ids, pa.string())))


def classes_of_originals(objects: pa.Table, split: str) -> dict[str, str]:
    """Class by id of the objects of a split that are no augmented copies; there may be none."""
    rows = objects.filter((pc.field("split") == split) & (pc.field("augmentation") == 0))
    return dict(zip(rows["object_id"].to_pylist(), rows["class_name"].to_pylist(), strict=True))


def rows_of(rows: pa.Table, column: str, ids: Sequence[str]) -> pa.Table:
    """The rows whose `column` is one of `ids`, in their order."""
    return rows.filter(pc.field(column).isin(pa.array(ids, pa.string())))


def row_spans(rows: pa.Table, ids: Sequence[str]) -> tuple[Int[np.ndarray, " object"], Int[np.ndarray, " object"]]:
    """First row and number of rows, among all of `image_embeddings`, of the objects of `ids` that have rows."""
    owners = rows["owner_id"].combine_chunks().dictionary_encode()  # in order of owners, as rows are
    counts = np.bincount(owners.indices.to_numpy())
    is_selected = np.isin(owners.dictionary.to_numpy(zero_copy_only=False), list(ids))
    return (np.cumsum(counts) - counts)[is_selected], counts[is_selected]


def views_in(rows: pa.Table, vectors: Float[np.ndarray, "row dim"], ids: Sequence[str]) -> ViewEmbeddings:
    """As `views_of`, with the embeddings of `rows` in the array `vectors`, of which only those of `ids` are copied."""
    first, counts = row_spans(rows, ids)
    index = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    object_rows = rows.take(index)
    return ViewEmbeddings.of(
        object_rows["owner_id"].to_pylist(), object_rows["view"].to_numpy(), np.asarray(vectors[index])
    )


def views_of(rows: pa.Table, ids: Sequence[str]) -> ViewEmbeddings:
    """The image embeddings of `ids`."""
    object_rows = rows_of(rows, "owner_id", ids)
    return ViewEmbeddings.of(
        object_rows["owner_id"].to_pylist(), object_rows["view"].to_numpy(), datasets.matrix(object_rows["embedding"])
    )


def labels(classes: Sequence[str], class_names: Sequence[str], source: str) -> Int[np.ndarray, " item"]:
    """The index of each class in `class_names`. Raises `InputError` for a class that isn't in it.

    `source`: the name of what has the classes, in errors.
    """
    label_of = {name: label for label, name in enumerate(class_names)}
    unknown = sorted(set(classes) - label_of.keys())
    if unknown:
        raise InputError(f"{source}: no class {unknown}, expected some of {sorted(class_names)}")
    return np.array([label_of[name] for name in classes], np.int64)
