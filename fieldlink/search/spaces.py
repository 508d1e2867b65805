"""The spaces in which a collection can be searched, each prepared once: `by` names one."""

from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np

from fieldlink.core.errors import InputError
from fieldlink.core.variants import Variant
from fieldlink.embeddings.view_embeddings import MEAN_MAPPER
from fieldlink.evaluation.measures.cosines import parts
from fieldlink.search.answers import Query, QueryKind, SearchSpace, Seed
from fieldlink.search.collection import Collection
from fieldlink.search.gallery import Search, SearchGallery
from fieldlink.search.models import Models
from fieldlink.search.query_encoders import with_clip_vector
from fieldlink.search.study_mappers import ALL_KINDS, StudyMapper, StudyMappers

NF2VEC = Variant(space="nf2vec").text
CLIP_MEAN, CLIP_ALL = Variant(method="CLIP mean").text, Variant(method="CLIP all").text
CLIP_ALONE = (CLIP_MEAN, CLIP_ALL, Variant(method="CLIP all distinct").text)
LEAST_GALLERIES = 8  # of mapped NeRFs, in memory at once
MOST_NUMBERS = 2**27  # in all of them, if they are more: every mapper and seed of the default study has room


class Spaces:
    """Galleries of one collection by space and training seed, and the vectors of queries in them."""

    def __init__(self, models: Models, collection: Collection, mappers: StudyMappers) -> None:
        self.models, self.collection, self.mappers = models, collection, mappers
        galleries = max(LEAST_GALLERIES, MOST_NUMBERS // max(1, collection.nerf_vectors.size))
        self._of_mapper = lru_cache(galleries)(self._mapped_nerfs)

    @cached_property
    def search_spaces(self) -> Sequence[SearchSpace]:
        """The spaces of mappers with the default one first, nf2vec's, and CLIP's where views have vectors."""
        names: dict[str, tuple[QueryKind, ...]] = {NF2VEC: ("mesh", "nerf")}
        if self.collection.clip_gallery.is_dir():
            names |= dict.fromkeys(CLIP_ALONE, ALL_KINDS)
        without_mapper = [
            SearchSpace(name, direction="", loss="", study="", seeds=(0,), for_kinds=kinds)
            for name, kinds in names.items()
        ]
        return [*self.mappers.spaces, *without_mapper]

    @cached_property
    def default(self) -> str:
        return self.search_spaces[0].name

    @cached_property
    def naming_mapper(self) -> str:
        """Name of the mapper that decides a NeRF's class: the zero-shot study's, else the first nerf2clip."""
        names = [space.name for space in self.search_spaces if space.direction == "nerf2clip"]
        if not names:
            raise InputError(
                f"{self.mappers.places.data}: no mapper nerf2clip, expected those of zero_shot or retrieval"
            )
        return MEAN_MAPPER if MEAN_MAPPER in names else names[0]

    def search(self, query: Query, by: str, seed: Seed) -> Search:
        """The galleries and the query's vectors in them, one pair for each training seed of `seed`."""
        if by == NF2VEC:
            if query.nerf is None:
                raise InputError(f"by {NF2VEC!r}: a space of NeRFs, where a {query.kind} has no place; name a mapper")
            return Search([(self._nerfs, query.nerf)])
        if by in CLIP_ALONE:
            vector = self.clip_query(query).clip
            assert vector is not None
            return Search([(self._means if by == CLIP_MEAN else self._views, vector)])
        if by not in self.mappers.by_name:
            raise InputError(f"by {by!r}: expected one of {[space.name for space in self.search_spaces]}")
        mapper = self.mappers.named(by)
        forward = mapper.space.direction == "clip2nerf"
        pairs = []
        for training_seed in mapper.seeds(seed):
            gallery = self._nerfs if forward else self._of_mapper(mapper.space.name, training_seed)
            pairs.append((gallery, self._vector(query, mapper, training_seed)))
        return Search(pairs)

    def clip_query(self, query: Query) -> Query:
        """The query with a vector of CLIP's. The vector of an object of the collection is the mean of its views."""
        if query.clip is None and not query.foreign and self.collection.clip_gallery.is_dir():
            views, _ = self.collection.view_vectors
            row = views.ids.index(query.name) if query.name in views.ids else -1
            if row >= 0:
                return Query(**{**vars(query), "clip": self._means.items[self.collection.index[query.name]]})
        return with_clip_vector(self.models, query)

    def _vector(self, query: Query, mapper: StudyMapper, seed: int) -> np.ndarray:
        """The query in the space of a mapper's outputs, which of clip2nerf is the space of NeRFs."""
        if mapper.space.direction == "clip2nerf":
            return query.nerf if query.nerf is not None else mapper.apply(_clip_of(query)[None], seed)[0]
        return _clip_of(query) if query.nerf is None else mapper.apply(query.nerf[None], seed)[0]

    @cached_property
    def _nerfs(self) -> SearchGallery:
        return SearchGallery.of(self.collection.nerf_vectors)

    def _mapped_nerfs(self, name: str, seed: int) -> SearchGallery:
        """All NeRFs in CLIP's space, by one nerf2clip."""
        mapper, vectors = self.mappers.named(name, "nerf2clip"), self.collection.nerf_vectors
        size = max(mapper.trained.tensors[name].shape[1] for name in mapper.trained.tensors)
        outputs = [mapper.apply(vectors[part], seed) for part in parts(len(vectors), 8 * size)]
        return SearchGallery.of(np.concatenate(outputs))

    @cached_property
    def _views(self) -> SearchGallery:
        """CLIP's vectors, whose items are single views."""
        views, owner = self.collection.view_vectors
        return SearchGallery.of(views.embeddings, owner)

    @cached_property
    def _means(self) -> SearchGallery:
        """The mean of CLIP's vectors of each object's views. An object without views has zeros, and is never near."""
        views, owner = self.collection.view_vectors
        items = np.zeros((len(self.collection.ids), views.embeddings.shape[1]), np.float32)
        items[owner[views.first]] = views.means_of_all()
        return SearchGallery.of(items)


def _clip_of(query: Query) -> np.ndarray:
    assert query.clip is not None, f"{query.name} has no vector of CLIP's"
    return query.clip
