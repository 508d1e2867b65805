"""The spaces in which a collection can be searched, each prepared once: `by` names one."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from threading import Lock

import numpy as np

from fieldlink.core.errors import InputError
from fieldlink.core.variants import NF2VEC, Variant
from fieldlink.embeddings.view_embeddings import MEAN_MAPPER
from fieldlink.evaluation.measures.cosines import parts
from fieldlink.search.answers import Query, QueryKind, SearchSpace, Seed
from fieldlink.search.collection import Collection
from fieldlink.search.four_view_vectors import FourViewVectors
from fieldlink.search.gallery import Search, SearchGallery
from fieldlink.search.models import Models
from fieldlink.search.study_mappers import ALL_KINDS, StudyMapper, StudyMappers, chosen_seeds

CLIP_MEAN, CLIP_ALL = Variant(method="CLIP mean").text, Variant(method="CLIP all").text
CLIP_ALONE = (CLIP_MEAN, CLIP_ALL, Variant(method="CLIP all distinct").text)
LEAST_GALLERIES = 5  # of mapped NeRFs, in memory at once: all training seeds of a mapper of the default study
# In all of them, if they are more: 160 MB. Every mapper and seed of the default study has room: 245 galleries of 1,248
# NeRFs (624 and as many copies) by 128 numbers are 39 million. Of 40,000 NeRFs eight galleries have: a process with
# five takes 1.13 GB (NeRFs of 1,024 numbers, without a GPU), and each further one 20 MB, which keeps it below 1.2 GB.
MOST_NUMBERS = 40 * 2**20
UNTRAINED = (0,)  # the seeds of a space without a mapper


class Spaces:
    """Galleries of one collection by space and training seed, and the vectors of queries in them."""

    def __init__(self, models: Models, collection: Collection, mappers: StudyMappers) -> None:
        self.collection, self.mappers, self.four_view_vectors = collection, mappers, FourViewVectors(models)
        self._mapped_galleries: OrderedDict[tuple[str, int], SearchGallery] = OrderedDict()
        self._lock = Lock()  # threads of the explorer search at the same time

    @cached_property
    def search_spaces(self) -> Sequence[SearchSpace]:
        """The spaces of mappers with the default one first, nf2vec's, and CLIP's where views have vectors."""
        names: dict[str, tuple[QueryKind, ...]] = {NF2VEC: ("mesh", "nerf")}
        if self.collection.clip_gallery.is_dir():
            names |= dict.fromkeys(CLIP_ALONE, ALL_KINDS)
        without_mapper = [
            SearchSpace(name, direction="", loss="", study="", seeds=UNTRAINED, for_kinds=kinds)
            for name, kinds in names.items()
        ]
        return [*self.mappers.spaces, *without_mapper]

    def default_for(self, kind: QueryKind) -> str:
        """Name of the first space in which a kind of query has a vector."""
        names = [space.name for space in self.search_spaces if kind in space.for_kinds]
        if not names:
            data = self.mappers.paths.data
            raise InputError(f"{data}: neither a mapper nor vectors of views, which a search with a {kind} needs")
        return names[0]

    @cached_property
    def naming_mapper(self) -> str:
        """Name of the mapper that decides a NeRF's class: the zero-shot study's, else the first nerf2clip."""
        names = [space.name for space in self.search_spaces if space.direction == "nerf2clip"]
        if not names:
            raise InputError(
                f"{self.mappers.paths.data}: no mapper nerf2clip, expected those of zero_shot or retrieval"
            )
        return MEAN_MAPPER if MEAN_MAPPER in names else names[0]

    def search(self, query: Query, by: str, seed: Seed) -> Search:
        """The galleries and the query's vectors in them, one pair for each training seed of `seed`."""
        if by in (NF2VEC, *CLIP_ALONE):
            chosen_seeds(by, UNTRAINED, seed)
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
        mapper = self.mappers.mapper(by)
        forward = mapper.space.direction == "clip2nerf"
        pairs = []
        for training_seed in mapper.seeds(seed):
            gallery = self._nerfs if forward else self._mapped_nerfs(mapper, training_seed)
            pairs.append((gallery, self._vector(query, mapper, training_seed)))
        return Search(pairs)

    def clip_query(self, query: Query) -> Query:
        """The query with a vector of CLIP's.

        It is the mean of an object's views in the collection, and of another NeRF's four rendered views.
        """
        if query.clip is not None:
            return query
        if not query.foreign and self.collection.clip_gallery.is_dir():
            views, _ = self.collection.view_vectors
            if query.name in views.ids:
                return replace(query, clip=self._means.items[views.ids.index(query.name)])
        assert query.stored is not None, f"{query.name} has neither a NeRF nor a vector of CLIP's"
        return replace(query, clip=self.four_view_vectors.of(query.stored))

    def _vector(self, query: Query, mapper: StudyMapper, seed: int) -> np.ndarray:
        """The query in the space of a mapper's outputs, which of clip2nerf is the space of NeRFs."""
        if mapper.space.direction == "clip2nerf":
            return query.nerf if query.nerf is not None else mapper.apply(_clip_of(query)[None], seed)[0]
        return _clip_of(query) if query.nerf is None else mapper.apply(query.nerf[None], seed)[0]

    @cached_property
    def _nerfs(self) -> SearchGallery:
        return SearchGallery.of(self.collection.nerf_vectors)

    def _mapped_nerfs(self, mapper: StudyMapper, seed: int) -> SearchGallery:
        """All NeRFs in CLIP's space, by one nerf2clip. The latest galleries stay in memory."""
        galleries, key = self._mapped_galleries, (mapper.space.name, seed)
        gallery = galleries.get(key) or _mapped_gallery(self.collection, mapper, seed)
        with self._lock:
            galleries[key] = gallery
            galleries.move_to_end(key)
            if len(galleries) > max(LEAST_GALLERIES, MOST_NUMBERS // max(1, gallery.items.size)):
                galleries.popitem(last=False)
        return gallery

    @cached_property
    def _views(self) -> SearchGallery:
        """CLIP's vectors, whose items are single views."""
        views, owner = self.collection.view_vectors
        return SearchGallery.of(views.embeddings, owner)

    @cached_property
    def _means(self) -> SearchGallery:
        """The mean of CLIP's vectors of each object's views. An object without views is no item, and never found."""
        views, owner = self.collection.view_vectors
        return SearchGallery.of(views.means_of_all(), owner[views.first])


def _mapped_gallery(collection: Collection, mapper: StudyMapper, seed: int) -> SearchGallery:
    vectors = collection.nerf_vectors
    size = max(mapper.trained.tensors[name].shape[1] for name in mapper.trained.tensors)
    outputs = [mapper.apply(vectors[part], seed) for part in parts(len(vectors), 8 * size)]
    return SearchGallery.of(np.concatenate(outputs))


def _clip_of(query: Query) -> np.ndarray:
    assert query.clip is not None, f"{query.name} has no vector of CLIP's"
    return query.clip
