import numpy as np
import pytest
import torch

from fieldlink.core.errors import InputError
from fieldlink.mapper.mlps import Mappers, single
from fieldlink.mapper.trained_mappers import TrainedMappers

WIDTHS = [4, 5, 3]
MODELS = [("g cosine", 0), ("g siglip", 7), ("g cosine", 1), ("g siglip", 2)]


@pytest.fixture
def mappers() -> TrainedMappers:
    models = [{"variant": variant, "seed": seed} for variant, seed in MODELS]
    return TrainedMappers(Mappers(WIDTHS, range(4)).tensors(), models, "mappers", "retrieval.losses")


def test_a_variants_outputs_are_those_of_its_own_models_in_their_order(mappers: TrainedMappers):
    inputs = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    mapped = mappers.outputs("g siglip", inputs)
    assert mappers.seeds("g siglip") == [7, 2]
    for index, model in enumerate((1, 3)):
        expected = single(WIDTHS, model)(torch.tensor(inputs)).detach().numpy()
        assert np.allclose(mapped[index], expected, atol=1e-6)


def test_one_mapper_is_that_of_its_variant_and_seed(mappers: TrainedMappers):
    expected = Mappers(WIDTHS, [2]).tensors()
    mapped = mappers.single("g cosine", 1)
    assert all(np.array_equal(mapped[name], value) for name, value in expected.items())
    with pytest.raises(InputError, match=r"'g cosine' of seed 7, expected one of \[0, 1\]"):
        mappers.single("g cosine", 7)


def test_a_variant_that_was_not_trained_is_an_error_that_names_it_and_the_parameter(mappers: TrainedMappers):
    with pytest.raises(InputError, match=r"no mapper 'g mse', expected one of \['g cosine', 'g siglip'\].*losses"):
        mappers.outputs("g mse", np.zeros((1, 4), np.float32))
