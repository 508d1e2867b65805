"""What the studies' own searches find: `fieldlink.evaluation`, in the vectors that the studies' stages mapped."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from fieldlink.core import datasets
from fieldlink.core.schemas import (
    CAPTION_EMBEDDINGS,
    IMAGE_EMBEDDINGS,
    MAPPED_EMBEDDINGS,
    NERF_EMBEDDINGS,
    OBJECTS,
    PROMPT_EMBEDDINGS,
)
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.evaluation.measures.nearest_neighbours import Gallery
from fieldlink.evaluation.results import searches
from fieldlink.evaluation.results.nerf_gallery import NerfGallery
from fieldlink.evaluation.results.queries import Queries
from fieldlink.evaluation.results.retrieval_inputs import RetrievalFiles, read_mapped
from fieldlink.evaluation.results.searches import (
    SearchResult,
    among_nerfs,
    by_clip_alone,
    by_mappers,
    inverse,
    nerf_queries,
)
from fieldlink.evaluation.results.text_retrieval import TextQueries, vectors_to_map
from fieldlink.mapper.mapped_evaluation_vectors import map_inputs
from fieldlink.search.finished_study import Study

K = 10  # objects, or views, of each query
Searched = tuple[str, SearchResult, Queries]  # the study of a search, '' where no mapper is used; and what was asked


def gallery_and_queries(study: Study) -> tuple[NerfGallery, list[Queries]]:
    """The test NeRFs, and all that the studies ask about them: views, photos, captions and prompts."""
    data, classes = study.folder / "data", list(study.params.classes)
    embeddings = data / "embeddings"
    names = (data / "objects", embeddings / "nerfs", embeddings / "views", data / "photos", embeddings / "photos")
    inputs = RetrievalFiles(*names).read(study.params)["test"]
    texts = TextQueries.of(
        inputs.gallery,
        captions=datasets.read(embeddings / "captions", CAPTION_EMBEDDINGS),
        prompts=datasets.read(embeddings / "prompts", PROMPT_EMBEDDINGS),
        views=datasets.read(embeddings / "views", IMAGE_EMBEDDINGS),
        objects=datasets.read(data / "objects", OBJECTS),
        classes=classes,
        source="objects",
    )
    return inputs.gallery, [*inputs.domains, *texts.plain]


def batch_searches(study: Study, gallery: NerfGallery, queries: list[Queries]) -> Iterator[Searched]:
    """All searches, of every training seed."""
    data, pictures = study.folder / "data", [one for one in queries if one.domain in ("gt", "photo")]
    for name in ("retrieval", "captions"):  # as the stage of captions maps texts
        mapped = map_inputs(data / name / "mappers", vectors_to_map(queries, gallery))
        yield from _results(name, gallery, mapped, queries)
    for name in ("syn2real", "augmented"):
        yield from _results(name, gallery, read_mapped(data / name / "mapped"), pictures)
    nerf2clip = MappedVectors(datasets.read(data / "zero_shot" / "mapped", MAPPED_EMBEDDINGS))
    for one in queries:
        yield from (("zero_shot", result, one) for result in inverse(one, gallery, nerf2clip, K))
        yield from (("", result, one) for result in by_clip_alone(one, gallery, K))
    yield "", among_nerfs("nf2vec", gallery, K), nerf_queries(gallery)


def all_nerfs(study: Study) -> NerfGallery:
    """The NeRFs of all splits, with augmented copies."""
    data = study.folder / "data"
    return NerfGallery.of(
        datasets.read(data / "objects", OBJECTS),
        datasets.read(data / "embeddings" / "nerfs", NERF_EMBEDDINGS),
        datasets.read(data / "embeddings" / "views", IMAGE_EMBEDDINGS),
        list(study.params.classes),
    )


def nerf_searches(gallery: NerfGallery) -> Iterator[Searched]:
    """Searches among NeRFs with each of them, once left out of its own answer, and once as weights of no object."""
    yield "", among_nerfs("nf2vec", gallery, K), nerf_queries(gallery)
    foreign = Queries("weights", gallery.ids, gallery.nerf, gallery.classes, np.full(len(gallery.ids), -1))
    items = Gallery.of_objects(gallery.nerf)
    yield "", searches._untrained("nf2vec", gallery.nerf, items, foreign, gallery, K), foreign


def _results(
    study: str, gallery: NerfGallery, mapped: Mapping[str, MappedVectors], queries: Iterable[Queries]
) -> Iterator[Searched]:
    for one in queries:
        yield from ((study, result, one) for result in by_mappers(one, gallery, mapped, K))
