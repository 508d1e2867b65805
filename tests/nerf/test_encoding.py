import numpy as np
import pytest
import torch

from fieldlink.nerf.encodings import frequency, in_few_passes


@pytest.mark.parametrize("encode", [frequency, in_few_passes])
@pytest.mark.parametrize("octaves", [1, 8, 24])
def test_frequency_equals_its_definition_in_float64_up_to_the_highest_octave(octaves, encode):
    x = torch.cat([torch.rand(500, 3, generator=torch.Generator().manual_seed(0)), torch.tensor([[0.0, 0.5, 1.0]])])
    expected = np.empty((len(x), 3, octaves, 2))
    for k in range(octaves):  # axis outer, octave middle, sine before cosine
        phase = np.pi * np.fmod(2.0**k * x.double().numpy(), 2.0)
        expected[:, :, k, 0], expected[:, :, k, 1] = np.sin(phase), np.cos(phase)
    np.testing.assert_allclose(encode(x, octaves).numpy(), expected.reshape(len(x), -1), atol=1e-6)


def test_frequency_keeps_the_shape_of_a_batch():
    assert frequency(torch.rand(2, 5, 3), 7).shape == (2, 5, 42)
