"""Vectors prepared once, so that each search is one product in float32 and a few exact cosines."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from fieldlink.evaluation.measures.cosines import parts, unit

SPARE = 8  # terms beyond a vector's width in the bound on rounding


@dataclass(frozen=True)
class SearchGallery:
    """Vectors of items, and the inverse of each one's length. Several items may belong to one object."""

    items: Float[np.ndarray, "item dim"]  # as they are stored, not normalised
    scale: Float[np.ndarray, " item"]  # 1 / length; 0 for a vector of zeros
    owner: Int[np.ndarray, " item"]  # index of an item's object

    @staticmethod
    def of(items: Float[np.ndarray, "item dim"], owner: Int[np.ndarray, " item"] | None = None) -> "SearchGallery":
        """`owner`: by default each item is an object of its own."""
        scale = np.zeros(len(items), np.float32)
        for part in parts(len(items), items.shape[1]):
            lengths = np.linalg.norm(items[part].astype(np.float64), axis=1)
            scale[part] = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
        return SearchGallery(items, scale, np.arange(len(items)) if owner is None else owner)

    def cosines(self, query: Float[np.ndarray, " dim"]) -> Float[np.ndarray, " item"]:
        """The cosine of a query with every item, in float32."""
        return (self.items @ unit(query[None])[0].astype(np.float32)) * self.scale

    def exact_cosines(
        self, query: Float[np.ndarray, " dim"], rows: Int[np.ndarray, " row"]
    ) -> Float[np.ndarray, " row"]:
        """The cosine with some items, in float64."""
        return unit(self.items[rows]) @ unit(query[None])[0]


@dataclass(frozen=True)
class Search:
    """Pairs of a gallery and the query in its space, one for each training seed.

    The cosines of all pairs are averaged. All galleries have the same items.
    """

    pairs: Sequence[tuple[SearchGallery, Float[np.ndarray, " _"]]]

    def nearest(
        self, allowed: Bool[np.ndarray, " object"], k: int, *, distinct: bool = True
    ) -> tuple[Int[np.ndarray, " found"], Float[np.ndarray, " found"]]:
        """The indices of the `k` objects of highest cosine, and their cosines.

        `allowed`: objects that take part; if they are fewer than `k`, the result is shorter. `distinct`: each object
        counts once, by its nearest item. Of equal cosines the lower index goes first. Items that the float32 product
        leaves undecided are compared in float64, as `evaluation.measures` compares all.
        """
        owner, width = self.pairs[0][0].owner, max(gallery.items.shape[1] for gallery, _ in self.pairs)
        item = np.flatnonzero(allowed[owner])
        if not len(item):
            return item, np.zeros(0, np.float32)
        similarity = np.mean([gallery.cosines(query) for gallery, query in self.pairs], axis=0)[item]
        slack = 2 * (width + SPARE) * float(np.finfo(np.float32).eps)
        least = _kth_highest(similarity, owner[item] if distinct else np.arange(len(item)), k)
        item = item[similarity >= least - slack]
        exact = np.mean([gallery.exact_cosines(query, item) for gallery, query in self.pairs], axis=0)
        exact = exact.astype(np.float32)
        order = np.lexsort((item, -exact))
        if distinct:
            order = order[np.sort(np.unique(owner[item[order]], return_index=True)[1])]
        return owner[item[order[:k]]], exact[order[:k]]


def _kth_highest(similarity: Float[np.ndarray, " item"], owner: Int[np.ndarray, " item"], k: int) -> float:
    """The k-th highest cosine of an object; the least one if there are no more than k objects."""
    if len(similarity) != len(np.unique(owner)):
        best = np.full(int(owner.max()) + 1, -np.inf, np.float32)
        np.maximum.at(best, owner, similarity)
        similarity = best[best > -np.inf]
    if len(similarity) <= k:
        return float(similarity.min())
    return float(similarity[np.argpartition(similarity, len(similarity) - k)[len(similarity) - k]])
