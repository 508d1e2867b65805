"""Who takes part: objects of a split that have all that an experiment needs."""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float, Int

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.embeddings.view_embeddings import ViewEmbeddings


def originals(objects: pa.Table, split: str, *having: Iterable[str], where: str = "objects") -> pa.Table:
    """Rows of `objects` that are no copies, of the split, with their id in each of `having`.

    None is an error that names `where` these rows come from.
    """
    found = with_copies(objects.filter(pc.field("augmentation") == 0), split, *having)
    if not len(found):
        raise InputError(f"{where}: no original of split {split} has all the embeddings needed, expected at least one")
    return found


def with_copies(objects: pa.Table, split: str, *having: Iterable[str]) -> pa.Table:
    """The same, and copies with them; there may be none."""
    ids = sorted(set(objects["object_id"].to_pylist()).intersection(*having))
    return objects.filter((pc.field("split") == split) & pc.field("object_id").isin(pa.array(ids, pa.string())))


def only(rows: pa.Table, column: str, ids: Sequence[str]) -> pa.Table:
    """The rows whose `column` is one of `ids`, in the order they had."""
    return rows.filter(pc.field(column).isin(pa.array(ids, pa.string())))


def places(rows: pa.Table, ids: Sequence[str]) -> tuple[Int[np.ndarray, " object"], Int[np.ndarray, " object"]]:
    """First row and number of rows, among all of `image_embeddings`, of each object of `ids` that has some."""
    owners = rows["owner_id"].combine_chunks().dictionary_encode()  # rows are in order of owners: so are its words
    counts = np.bincount(owners.indices.to_numpy())
    mine = np.isin(owners.dictionary.to_numpy(zero_copy_only=False), list(ids))
    return (np.cumsum(counts) - counts)[mine], counts[mine]


def views_in(rows: pa.Table, vectors: Float[np.ndarray, "row dim"], ids: Sequence[str]) -> ViewEmbeddings:
    """As `views_of`, of embeddings that stand beside `rows`: a copy of those of `ids` alone."""
    first, counts = places(rows, ids)
    index = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    chosen = rows.take(index)
    return ViewEmbeddings.of(chosen["owner_id"].to_pylist(), chosen["view"].to_numpy(), np.asarray(vectors[index]))


def views_of(rows: pa.Table, ids: Sequence[str]) -> ViewEmbeddings:
    """The image embeddings of `ids`."""
    chosen = only(rows, "owner_id", ids)
    return ViewEmbeddings.of(
        chosen["owner_id"].to_pylist(), chosen["view"].to_numpy(), datasets.matrix(chosen["embedding"])
    )


def labels(classes: Sequence[str], known: Sequence[str], where: str) -> Int[np.ndarray, " item"]:
    """Each class as its place in `known`; one that isn't there is an error that names it and `where`."""
    places = {name: place for place, name in enumerate(known)}
    unknown = sorted(set(classes) - places.keys())
    if unknown:
        raise InputError(f"{where}: no class {unknown}, expected some of {sorted(known)}")
    return np.array([places[name] for name in classes], np.int64)
