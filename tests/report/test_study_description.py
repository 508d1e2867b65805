"""What a study's page says of its CLIP follows from clip.source."""

from typing import get_args

import pytest

from fieldlink.core.errors import InputError
from fieldlink.core.params import ClipSource, Params
from fieldlink.report.study_description import CATALOGUE, PRETRAINED_CLIP, SMALL_CLIP, describe


def with_clip(params: Params, source: str) -> Params:
    clip = params.clip.model_copy(update={"source": source, "model": "ViT-B-32", "pretrained": "weights/openai"})
    return params.model_copy(update={"clip": clip, "scenes": params.scenes.model_copy(update={"source": "meshes"})})


@pytest.mark.parametrize("source", get_args(ClipSource))
def test_every_source_of_clip_has_its_words(params: Params, source: ClipSource):
    description = describe(with_clip(params, source))
    assert description.comparability == (SMALL_CLIP if source == "train" else PRETRAINED_CLIP)
    assert description.clip.startswith("a small one, trained here" if source == "train" else "ViT-B-32, weights openai")


def test_a_study_of_the_catalogue_is_a_synthetic_world_whatever_its_clip(params: Params):
    clip = params.clip.model_copy(update={"source": "open_clip"})
    assert describe(params.model_copy(update={"clip": clip})).comparability == CATALOGUE


def test_an_unknown_source_of_clip_is_an_error_that_names_the_parameter(params: Params):
    with pytest.raises(InputError, match=r"clip\.source: 'dream' has no entry in fieldlink/clip/clip_sources\.py"):
        describe(with_clip(params, "dream"))
