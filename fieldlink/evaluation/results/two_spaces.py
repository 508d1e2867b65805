"""The test NeRFs in their own space and in CLIP's, and everything that is measured on both."""

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
    def of_test(
        inputs: QueriesAndGallery, mapped: Mapping[str, MappedVectors], forward: str, inverse: str, seeds: list[int]
    ) -> "TwoSpaces":
        """`mapped`: by direction; `forward`, `inverse`: the variants of clip2nerf and of nerf2clip."""
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
    ) -> tuple[list[QueryResults], dict[str, Any]]:
        """Figure 4.1 and Tables 4.6 and 4.7, and McNemar's test of the ensemble; `logit_rows`: of the heads."""
        gallery = self.inputs.gallery
        results = space_results(self.spaces, gallery.classes, gallery.ids, self.seeds, neighbours)
        logits = with_ensemble(logits_by_head(logit_rows, gallery.ids, self.seeds))
        results += head_results(logits, gallery.classes, gallery.ids, self.seeds)
        for queries in self.inputs.domains:
            mapped_queries = self.mapped_queries[queries.domain]
            space = ConcatenatedSpace(queries, gallery, mapped_queries, self.mapped_nerfs, self.seeds)
            results += space.results(alpha, ranks)
        return results, ensemble_against_better_head(logits, gallery.classes, self.seeds)
