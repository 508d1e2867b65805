"""Embeddings of several views an object: which of them are drawn, and their means.

Draws depend on a seed (the study's or a training's), the object's id and a view's number alone, so that ground-truth
and rendered views are drawn alike, whatever else is in the data.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from fieldlink.core.seeds import seed_of
from fieldlink.core.variants import Variant

ALL_VIEWS = "N"  # in tables
# The zero-shot study's mapper that other studies take up.
MEAN_MAPPER = Variant(direction="nerf2clip", source="gt", views=ALL_VIEWS, loss="cosine").text


@dataclass(frozen=True)
class ViewRows:
    """Rows in order of object and view: object `ids[i]` has rows first[i] … first[i] + counts[i] − 1."""

    ids: list[str]
    first: Int[np.ndarray, " object"]
    counts: Int[np.ndarray, " object"]
    numbers: Int[np.ndarray, " row"]  # of views

    @staticmethod
    def of_owners(owners: Sequence[str], numbers: Int[np.ndarray, " row"]) -> "ViewRows":
        """`owners`: the object of each row, equal ones side by side. There may be none."""
        ids = np.asarray(owners, dtype=object)
        first = np.flatnonzero(np.r_[True, ids[1:] != ids[:-1]][: len(ids)])
        return ViewRows(ids[first].tolist(), first, np.diff(first, append=len(ids)), numbers)

    @property
    def owner(self) -> Int[np.ndarray, " row"]:
        """The index in `ids` of each row's object."""
        return np.repeat(np.arange(len(self.ids)), self.counts)

    def draw(self, seed: int, purpose: str) -> Int[np.ndarray, " row"]:
        """Each view's position (0 = first) in a shuffle of its object's views; `purpose` tells draws apart."""
        keys = np.empty(len(self.numbers))
        for object_id, first, count in zip(self.ids, self.first, self.counts, strict=True):
            numbers = self.numbers[first : first + count]
            rng = np.random.default_rng(seed_of(seed, "views", purpose, object_id))
            keys[first : first + count] = rng.random(numbers.max() + 1)[numbers]
        positions = np.empty(len(keys), np.int64)
        positions[np.lexsort((keys, self.owner))] = np.arange(len(keys)) - self.first[self.owner]
        return positions


@dataclass(frozen=True)
class ViewEmbeddings(ViewRows):
    """Rows of views with an embedding each."""

    embeddings: Float[np.ndarray, "row dim"]

    @staticmethod
    def of(
        owners: Sequence[str], numbers: Int[np.ndarray, " row"], embeddings: Float[np.ndarray, "row dim"]
    ) -> "ViewEmbeddings":
        """`owners`: the object of each row, equal ones side by side."""
        rows = ViewRows.of_owners(owners, numbers)
        return ViewEmbeddings(rows.ids, rows.first, rows.counts, rows.numbers, embeddings)

    def subset(self, selection: Bool[np.ndarray, " row"]) -> "ViewEmbeddings":
        """The rows of a selection, which has at least one of every object."""
        owners = np.asarray(self.ids, dtype=object)[self.owner[selection]]
        return ViewEmbeddings.of(owners.tolist(), self.numbers[selection], self.embeddings[selection])

    def sample(self, counts: Int[np.ndarray, " object"], seed: int, purpose: str) -> "ViewEmbeddings":
        """The first counts[i] shuffled views of object i."""
        return self.subset(self.draw(seed, purpose) < np.repeat(counts, self.counts))

    def same_as(self, other: "ViewEmbeddings") -> "ViewEmbeddings":
        """The views that `other` has, by object and number."""
        other_views = set(zip(other.owner.tolist(), other.numbers.tolist(), strict=True))
        views = zip(self.owner.tolist(), self.numbers.tolist(), strict=True)
        return self.subset(np.array([view in other_views for view in views]))

    def means(self, most: int, seed: int) -> Float[np.ndarray, "object dim"]:
        """c̄_N (protocol 4): the mean of an object's first `most` shuffled views, raw; subsets are nested in `most`."""
        return self._means(self.draw(seed, "mean") < most)

    def means_of_all(self) -> Float[np.ndarray, "object dim"]:
        return self._means(np.ones(len(self.numbers), bool))

    def _means(self, selection: Bool[np.ndarray, " row"]) -> Float[np.ndarray, "object dim"]:
        sums = np.add.reduceat(np.where(selection[:, None], self.embeddings, 0).astype(np.float64), self.first, axis=0)
        return (sums / np.add.reduceat(selection, self.first, dtype=np.int64)[:, None]).astype(np.float32)

    def queries(self, study_seed: int) -> Float[np.ndarray, "object dim"]:
        """One view of each object, drawn once for every model (protocol 6.2)."""
        return self.embeddings[self.draw(study_seed, "query") == 0]


def counts_by_name(counts: Sequence[int], all_views: int) -> dict[str, int]:
    """Numbers of views by their name in tables: `ALL_VIEWS` for all views, to which larger numbers are cut."""
    return {(ALL_VIEWS if count >= all_views else str(count)): min(count, all_views) for count in counts}
