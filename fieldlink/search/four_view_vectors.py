"""CLIP's vectors of NeRFs that no view of a collection shows: the mean over four rendered views."""

from collections import OrderedDict

import numpy as np
from jaxtyping import Float

from fieldlink.core.digests import bytes_digest
from fieldlink.search.answers import StoredNerf
from fieldlink.search.models import Models
from fieldlink.search.query_encoders import four_views

MOST_VECTORS = 256  # in memory: no search, map or label renders a NeRF again that came lately


class FourViewVectors:
    """The vector of each of the latest NeRFs, by the digest of its content."""

    def __init__(self, models: Models) -> None:
        self.models = models
        self._vectors: OrderedDict[str, Float[np.ndarray, " clip"]] = OrderedDict()

    def of(self, nerf: StoredNerf) -> Float[np.ndarray, " clip"]:
        """The mean of CLIP's vectors of the NeRF from four sides."""
        digest = bytes_digest(np.asarray(nerf.weights, np.float32).tobytes(), nerf.occupancy)
        if digest not in self._vectors:
            self._vectors[digest] = self.models.pictures(list(four_views(self.models, nerf))).mean(axis=0)
        self._vectors.move_to_end(digest)
        if len(self._vectors) > MOST_VECTORS:
            self._vectors.popitem(last=False)
        return self._vectors[digest]
