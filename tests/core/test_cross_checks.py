"""Values of params.yaml that contradict each other are refused, with their keys."""

import pytest

from fieldlink.core.errors import InputError
from fieldlink.core.params import load

CONTRADICTIONS = {
    "nerf.fitting.held_out": ([4, 999], "held_out: [999] given; expected numbers below scenes.views, 36"),
    "generation.views": ([36], "generation.views: [36] given; expected numbers below scenes.views, 36"),
    "zero_shot.views": ([1, 37], "zero_shot.views: 37 given; expected at most scenes.views, 36"),
    "zero_shot.losses": (["siglip"], "zero_shot.losses: ['siglip'] given; expected to hold cosine"),
    "syn2real.views": (37, "syn2real.views: 37 given"),
    "retrieval.ranks": (
        [1, 100_000],
        "retrieval.ranks: [100000] given; expected at most the number of test objects, 208",
    ),
    "classes.bench.synset": ("02691156", "classes.bench.synset: 02691156 given; it is the synset of airplane"),
    "nerf.fitting.grid": (
        "updates",
        "nerf.fitting.grid: updates given; expected hull where nerf.fitting.sampling is hull",
    ),
    "nerf.fitting.sampling": (
        "grid",
        "nerf.fitting.jitter: samples given; expected rays where nerf.fitting.sampling is grid",
    ),
    "scenes.objects_per_class": (1, "scenes.objects_per_class: 1 given; expected at least 3, one per split"),
    "scenes.source": (
        "meshes",
        "scenes.folder: fieldlink/scenes/catalogue given; expected the folder of scenes.source meshes",
    ),
    "photos.source": (
        "domainnet",
        "photos.folder: fieldlink/scenes/catalogue given; expected the folder of photos.source domainnet",
    ),
    "nf2vec.training.rays": (
        10**7,
        "nf2vec.training.samples: 16 × 10,000,000 × 24 given; expected at most 1,000,000,000 in all",
    ),
    "clip.training.warmup": (901, "clip.training.warmup: 901 given; expected at most clip.training.steps, 900"),
}
BOUNDS = {
    "scenes.objects_per_class": 10**9,
    "study.seed": 2**31,
    "mapper.seeds": [2**31],
    "retrieval.losses": ["cosine", "cosine"],
    "mapper.learning_rate": 1e6,
    "runtime.workers": 10**6,
    "nerf.fitting.occupancy": 10**5,
    "nerf.field.units": 10**9,
    "nerf.fitting.betas": [0.9, 1.0],
    "nerf.fitting.least_occupied": 1.5,
    "nf2vec.training.pixels": 10**5,
    "generation.cells": 10**4,
    "embedding_spaces.neighbours": 10**7,
}


@pytest.mark.parametrize("key", CONTRADICTIONS)
def test_a_contradiction_names_both_keys(key, params_with):
    value, message = CONTRADICTIONS[key]
    with pytest.raises(InputError) as error:
        load(params_with({key: value}))
    assert message in str(error.value)


@pytest.mark.parametrize("key", BOUNDS)
def test_a_value_beyond_any_use_is_refused_by_its_key(key, params_with):
    with pytest.raises(InputError, match=rf"params\.yaml: {key}"):
        load(params_with({key: BOUNDS[key]}))


def test_all_views_are_among_the_means_that_mappers_learn_from(params_with):
    message = (
        r"zero_shot\.views: \[1, 4\] given; expected to hold scenes\.views, 36 \(the original of finetuning\), too"
    )
    with pytest.raises(InputError, match=message):
        load(params_with({"zero_shot.views": [1, 4]}))


def test_a_rank_as_large_as_the_gallery_is_allowed(params_with):
    assert load(params_with({"retrieval.ranks": [1, 208]})).retrieval.ranks == (1, 208)
