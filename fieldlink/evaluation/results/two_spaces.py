"""The NeRFs of a split in their own space and in CLIP's, and everything that is measured on both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core.variants import Embedding
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.evaluation.results.concatenated_space import ConcatenatedSpace
from fieldlink.evaluation.results.head_results import (
    Logits,
    ensemble_against_better_head,
    head_results,
    logits_by_head,
    with_ensemble,
)
from fieldlink.evaluation.results.projection_columns import projection_columns
from fieldlink.evaluation.results.query_results import QueryResults
from fieldlink.evaluation.results.retrieval_inputs import QueriesAndGallery
from fieldlink.evaluation.results.space_results import Space, space_results


@dataclass(frozen=True)
class TwoSpaces:
    """The gallery with g(v) by training seed, and queries of every domain with f(c)."""

    inputs: QueriesAndGallery
    mapped_nerfs: Float[np.ndarray, "seed object clip"]
    mapped_queries: Mapping[str, Float[np.ndarray, "seed query nerf"]]  # by domain
    seeds: list[int]

    @staticmethod
    def of(
        inputs: QueriesAndGallery, mapped: Mapping[str, MappedVectors], forward: str, inverse: str, seeds: list[int]
    ) -> "TwoSpaces":
        """`mapped`: vectors by direction. `forward`, `inverse`: the variants of clip2nerf and of nerf2clip."""
        nerfs = mapped["nerf2clip"].of_seeds(inverse, seeds, "nerf", inputs.gallery.ids)
        queries = {
            queries.domain: mapped["clip2nerf"].of_seeds(forward, seeds, queries.domain, queries.ids)
            for queries in inputs.domains
        }
        return TwoSpaces(inputs, nerfs, queries, seeds)

    @property
    def spaces(self) -> dict[Embedding, Space]:
        return {"nerf_embedding": self.inputs.gallery.nerf[None], "clip_embedding": self.mapped_nerfs}

    def projection_columns(self, classes: Sequence[str], perplexity: float, study_seed: int) -> dict[str, Any]:
        """Columns of dataset `projections`: both spaces, of the first training seed."""
        gallery, first = self.inputs.gallery, {name: vectors[0] for name, vectors in self.spaces.items()}
        class_names = np.asarray(classes)[gallery.classes].tolist()
        return projection_columns(first, gallery.ids, class_names, perplexity, study_seed)

    def results(
        self, logit_rows: pa.Table, *, neighbours: int, alpha: float, ranks: Sequence[int]
    ) -> list[QueryResults]:
        """The results of Figure 4.1 and of Tables 4.6 and 4.7. `logit_rows`: those of the heads."""
        gallery = self.inputs.gallery
        results = space_results(self.spaces, gallery.classes, gallery.ids, self.seeds, neighbours)
        results += head_results(self._logits(logit_rows), gallery.classes, gallery.ids, self.seeds)
        for queries in self.inputs.domains:
            results += self.joined(queries.domain).results(alpha, ranks)
        return results

    def joined(self, domain: str) -> ConcatenatedSpace:
        """Both spaces as one, with the queries of a domain."""
        queries = next(queries for queries in self.inputs.domains if queries.domain == domain)
        return ConcatenatedSpace(
            queries, self.inputs.gallery, self.mapped_queries[domain], self.mapped_nerfs, self.seeds
        )

    def ensemble_against_better_head(self, logit_rows: pa.Table) -> dict[str, Any]:
        """McNemar's test of the ensemble."""
        return ensemble_against_better_head(self._logits(logit_rows), self.inputs.gallery.classes, self.seeds)

    def _logits(self, logit_rows: pa.Table) -> dict[str, Logits]:
        return with_ensemble(logits_by_head(logit_rows, self.inputs.gallery.ids, self.seeds))
