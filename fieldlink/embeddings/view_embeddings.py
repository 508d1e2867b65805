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
class ViewEmbeddings:
    """Rows in order of object and view: object `ids[i]` has rows first[i] … first[i] + counts[i] − 1."""

    ids: list[str]
    first: Int[np.ndarray, " object"]
    counts: Int[np.ndarray, " object"]
    numbers: Int[np.ndarray, " row"]
    embeddings: Float[np.ndarray, "row dim"]

    @staticmethod
    def of(
        owners: Sequence[str], numbers: Int[np.ndarray, " row"], embeddings: Float[np.ndarray, "row dim"]
    ) -> "ViewEmbeddings":
        """`owners`: the object of each row, equal ones side by side."""
        ids = np.asarray(owners, dtype=object)
        first = np.flatnonzero(np.r_[True, ids[1:] != ids[:-1]])
        return ViewEmbeddings(ids[first].tolist(), first, np.diff(first, append=len(ids)), numbers, embeddings)

    @property
    def owner(self) -> Int[np.ndarray, " row"]:
        """The place in `ids` of each row's object."""
        return np.repeat(np.arange(len(self.ids)), self.counts)

    def draw(self, seed: int, purpose: str) -> Int[np.ndarray, " row"]:
        """Each view's place (0 = first) in a shuffle of its object's views; `purpose` tells draws apart."""
        keys = np.empty(len(self.numbers))
        for object_id, first, count in zip(self.ids, self.first, self.counts, strict=True):
            numbers = self.numbers[first : first + count]
            rng = np.random.default_rng(seed_of(seed, "views", purpose, object_id))
            keys[first : first + count] = rng.random(numbers.max() + 1)[numbers]
        places = np.empty(len(keys), np.int64)
        places[np.lexsort((keys, self.owner))] = np.arange(len(keys)) - self.first[self.owner]
        return places

    def subset(self, chosen: Bool[np.ndarray, " row"]) -> "ViewEmbeddings":
        """The chosen rows, at least one of every object."""
        owners = np.asarray(self.ids, dtype=object)[self.owner[chosen]]
        return ViewEmbeddings.of(owners.tolist(), self.numbers[chosen], self.embeddings[chosen])

    def sample(self, counts: Int[np.ndarray, " object"], seed: int, purpose: str) -> "ViewEmbeddings":
        """The first counts[i] shuffled views of object i."""
        return self.subset(self.draw(seed, purpose) < np.repeat(counts, self.counts))

    def same_as(self, other: "ViewEmbeddings") -> "ViewEmbeddings":
        """The views that `other` has, by object and number."""
        wanted = set(zip(other.owner.tolist(), other.numbers.tolist(), strict=True))
        rows = zip(self.owner.tolist(), self.numbers.tolist(), strict=True)
        return self.subset(np.array([row in wanted for row in rows]))

    def means(self, most: int, seed: int) -> Float[np.ndarray, "object dim"]:
        """c̄_N (protocol 4): the mean of an object's first `most` shuffled views, raw; subsets are nested in `most`."""
        return self._means(self.draw(seed, "mean") < most)

    def means_of_all(self) -> Float[np.ndarray, "object dim"]:
        return self._means(np.ones(len(self.numbers), bool))

    def _means(self, chosen: Bool[np.ndarray, " row"]) -> Float[np.ndarray, "object dim"]:
        sums = np.add.reduceat(np.where(chosen[:, None], self.embeddings, 0).astype(np.float64), self.first, axis=0)
        return (sums / np.add.reduceat(chosen, self.first, dtype=np.int64)[:, None]).astype(np.float32)

    def queries(self, study_seed: int) -> Float[np.ndarray, "object dim"]:
        """One view of each object, drawn once for every model (protocol 6.2)."""
        return self.embeddings[self.draw(study_seed, "query") == 0]


def names(counts: Sequence[int], most: int) -> dict[str, int]:
    """View counts by the word tables have for them: `ALL_VIEWS` for all `most`, to which larger counts shrink."""
    return {(ALL_VIEWS if count >= most else str(count)): min(count, most) for count in counts}
