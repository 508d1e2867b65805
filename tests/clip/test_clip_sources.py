"""Every source of CLIP that params.yaml may name has an entry in the registry."""

from dataclasses import fields
from typing import get_args

import pytest
from parameters import DEFAULT, commented_keys, readme_rows

from fieldlink.clip.clip_sources import CLIP_SOURCES, ClipSourceEntry, clip_source
from fieldlink.core.errors import InputError
from fieldlink.core.params import ClipParams, Params


def test_the_names_that_params_accept_are_those_of_the_registry():
    assert get_args(ClipParams.model_fields["source"].annotation) == tuple(CLIP_SOURCES)
    assert [field.name for field in fields(ClipSourceEntry) if field.default is not field.default_factory] == []


@pytest.mark.parametrize("name", CLIP_SOURCES)
def test_a_source_stands_in_the_readme(name):
    (row,) = [row for row in readme_rows() if row.startswith("| `clip.source` |")]
    assert f"`{name}` ({CLIP_SOURCES[name].title})" in row


@pytest.mark.parametrize("name", CLIP_SOURCES)
def test_a_source_has_words_for_the_page_and_documented_parameters(name, params: Params):
    entry = CLIP_SOURCES[name]
    assert entry.page_text(params.clip)
    assert entry.parameters
    assert set(entry.parameters) <= commented_keys()
    assert name in DEFAULT.read_text().split("\nclip:")[1].split("model:")[0]


def test_a_name_without_an_entry_is_an_error_that_names_the_registry():
    with pytest.raises(InputError, match=r"clip\.source: 'hub' has no entry in .*clip_sources\.py, expected"):
        clip_source("hub")
