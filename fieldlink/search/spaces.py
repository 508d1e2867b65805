"""The spaces in which a collection can be searched, each prepared once: `by` names one."""

from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np

from fieldlink.core.errors import InputError
from fieldlink.embeddings.view_embeddings import MEAN_MAPPER
from fieldlink.evaluation.measures.cosines import parts
from fieldlink.search.answers import Query, Seed, Variant
from fieldlink.search.collection import Collection
from fieldlink.search.gallery import Gallery, Search
from fieldlink.search.mappers import ALL_KINDS, Mapper, Mappers
from fieldlink.search.models import Models
from fieldlink.search.queries import with_clip_vector

NF2VEC = "nf2vec"
CLIP_MEAN, CLIP_ALL, CLIP_DISTINCT = "CLIP mean", "CLIP all", "CLIP all distinct"  # as the retrieval study's rows
CLIP_ALONE = (CLIP_MEAN, CLIP_ALL, CLIP_DISTINCT)
LEAST_GALLERIES = 8  # of mapped NeRFs, in memory at once
MOST_NUMBERS = 2**27  # in all of them, if they are more: every mapper and seed of the default study has room


class Spaces:
    """Galleries of one collection by variant and training seed, and the vectors of queries in them."""

    def __init__(self, models: Models, collection: Collection, mappers: Mappers) -> None:
        self.models, self.collection, self.mappers = models, collection, mappers
        galleries = max(LEAST_GALLERIES, MOST_NUMBERS // max(1, collection.nerf_vectors.size))
        self._of_mapper = lru_cache(galleries)(self._mapped_nerfs)

    @cached_property
    def variants(self) -> Sequence[Variant]:
        """The mappers, nf2vec's own space, and CLIP alone where views have vectors; the default first."""
        alone = [Variant(NF2VEC, "", "", "", (0,), ("mesh", "nerf"))]
        if self.collection.clip_gallery.is_dir():
            alone += [Variant(name, "", "", "", (0,), ALL_KINDS) for name in CLIP_ALONE]
        return [*self.mappers.variants, *alone]

    @cached_property
    def default(self) -> str:
        return self.variants[0].name

    @cached_property
    def naming_mapper(self) -> str:
        """The mapper that names a NeRF's class: the zero-shot study's, else the first from NeRFs to CLIP."""
        names = [variant.name for variant in self.variants if variant.direction == "nerf2clip"]
        if not names:
            raise InputError(
                f"{self.mappers.places.data}: no mapper nerf2clip, expected those of zero_shot or retrieval"
            )
        return MEAN_MAPPER if MEAN_MAPPER in names else names[0]

    def search(self, query: Query, by: str, seed: Seed) -> Search:
        """The galleries and the query's vectors in them, one pair for each training seed that counts."""
        if by == NF2VEC:
            if query.nerf is None:
                raise InputError(f"by {NF2VEC!r}: a space of NeRFs, where a {query.kind} has no place; name a mapper")
            return Search([(self._nerfs, query.nerf)])
        if by in CLIP_ALONE:
            vector = self.clip_query(query).clip
            assert vector is not None
            return Search([(self._means if by == CLIP_MEAN else self._views, vector)])
        if by not in self.mappers.by_name:
            raise InputError(f"by {by!r}: expected one of {[variant.name for variant in self.variants]}")
        mapper = self.mappers.named(by)
        forward = mapper.variant.direction == "clip2nerf"
        pairs = []
        for training_seed in mapper.seeds(seed):
            gallery = self._nerfs if forward else self._of_mapper(mapper.variant.name, training_seed)
            pairs.append((gallery, self._vector(query, mapper, training_seed)))
        return Search(pairs)

    def clip_query(self, query: Query) -> Query:
        """The query with a vector of CLIP's: of an object here, the mean of its views."""
        if query.clip is None and not query.foreign and self.collection.clip_gallery.is_dir():
            views, _ = self.collection.view_vectors
            row = views.ids.index(query.name) if query.name in views.ids else -1
            if row >= 0:
                return Query(**{**vars(query), "clip": self._means.items[self.collection.index[query.name]]})
        return with_clip_vector(self.models, query)

    def _vector(self, query: Query, mapper: Mapper, seed: int) -> np.ndarray:
        """The query in the space that a mapper is searched in; a NeRF is in that of clip2nerf already."""
        if mapper.variant.direction == "clip2nerf":
            return query.nerf if query.nerf is not None else mapper.apply(_clip_of(query)[None], seed)[0]
        return _clip_of(query) if query.nerf is None else mapper.apply(query.nerf[None], seed)[0]

    @cached_property
    def _nerfs(self) -> Gallery:
        return Gallery.of(self.collection.nerf_vectors)

    def _mapped_nerfs(self, name: str, seed: int) -> Gallery:
        """All NeRFs in CLIP's space, by one nerf2clip."""
        mapper, vectors = self.mappers.named(name, "nerf2clip"), self.collection.nerf_vectors
        size = max(mapper.trained.tensors[name].shape[1] for name in mapper.trained.tensors)
        return Gallery.of(np.concatenate([mapper.apply(vectors[part], seed) for part in parts(len(vectors), 8 * size)]))

    @cached_property
    def _views(self) -> Gallery:
        """Every view an item."""
        views, owner = self.collection.view_vectors
        return Gallery.of(views.embeddings, owner)

    @cached_property
    def _means(self) -> Gallery:
        """The mean of each object's views; zeros for one without views, which is never near."""
        views, owner = self.collection.view_vectors
        items = np.zeros((len(self.collection.ids), views.embeddings.shape[1]), np.float32)
        items[owner[views.first]] = views.means_of_all()
        return Gallery.of(items)


def _clip_of(query: Query) -> np.ndarray:
    assert query.clip is not None, f"{query.name} has no vector of CLIP's"
    return query.clip
