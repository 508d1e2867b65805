"""The frequency encoding, and the registry of encodings."""

import re
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch

from fieldlink.core.errors import InputError
from fieldlink.core.params import FieldParams
from fieldlink.core.params.nerf import HashGridParams
from fieldlink.nerf.encodings import ENCODINGS, encoding_of
from fieldlink.nerf.encodings.encoding import Encoding
from fieldlink.nerf.encodings.frequency import frequency, in_few_passes

ROOT = Path(__file__).resolve().parents[2]
GRID = HashGridParams(levels=2, log2_table=8, features=3, coarsest=3, growth=2.0)


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


def field_of(encoding: str) -> FieldParams:
    return FieldParams(encoding=encoding, octaves=3, hash=GRID, units=8, hidden_layers=2, outputs=6)  # pyright: ignore[reportArgumentType]


def test_parameters_offer_the_encodings_of_the_registry():
    assert set(get_args(FieldParams.model_fields["encoding"].annotation)) == set(ENCODINGS)


def test_an_encoding_that_leaves_something_out_is_an_error_that_names_it():
    assert not vars(Encoding).keys() & Encoding.__annotations__.keys()  # no name, title, section or bound by default

    class Forgetful(ENCODINGS["frequency"]):
        entries = features = Encoding.entries

    with pytest.raises(TypeError, match="entries, features"):
        Forgetful(octaves=3)  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize("name", ENCODINGS)
def test_every_encoding_has_its_title_its_documented_parameters_and_its_line_in_the_readme(name):
    encoding = ENCODINGS[name]
    assert encoding.name == name
    assert encoding.title
    assert encoding.section in FieldParams.model_fields
    field = (ROOT / "params.yaml").read_text().split("\nnerf:")[1].split("\n  start:")[0]
    assert re.search(rf"^    {encoding.section}: .*# \w", field, re.MULTILINE), "no comment in params.yaml"
    pages = [ROOT / "README.md", *ROOT.glob("docs/*.md")]
    lines = [line for page in pages for line in page.read_text().splitlines() if "`nerf.field.encoding" in line]
    assert any(f"`{name}`" in line for line in lines), "no line in README.md"


@pytest.mark.parametrize("name", ENCODINGS)
def test_an_encoding_gives_as_many_numbers_as_it_says_and_reads_a_table_of_its_size(name):
    encoding = encoding_of(field_of(name))
    assert isinstance(encoding, ENCODINGS[name])
    prepared = encoding.prepare(torch.rand(2, 5, 3))
    assert encoding.encode(prepared, torch.rand(2, encoding.table_size)).shape == (2, 5, encoding.width)
    assert encoding.table_size == encoding.entries * encoding.features


def test_an_unknown_encoding_is_an_error_that_names_the_registry():
    unknown = field_of("frequency").model_copy(update={"encoding": "triplane"})
    with pytest.raises(InputError, match="'triplane' has no entry in fieldlink/nerf/encodings, expected one"):
        encoding_of(unknown)
