"""Every translator that params.yaml may name has a complete entry in the registry."""

from typing import get_args

import pytest
from parameters import commented_keys, readme_rows

from fieldlink.core.errors import InputError
from fieldlink.core.params import TRANSLATOR_TITLES, ControlNetParams, Syn2realParams, load
from fieldlink.report.study_description import describe
from fieldlink.syn2real.translators import TRANSLATORS, translator_entry


def test_the_names_that_params_accept_are_those_of_the_registry():
    assert get_args(Syn2realParams.model_fields["translator"].annotation) == tuple(TRANSLATORS)
    assert tuple(TRANSLATOR_TITLES) == tuple(TRANSLATORS)


@pytest.mark.parametrize("name", TRANSLATORS)
def test_a_translator_has_documented_parameters_and_stands_in_the_readme(name):
    entry = TRANSLATORS[name]
    assert entry.parameters
    assert set(entry.parameters) <= commented_keys()
    (row,) = [row for row in readme_rows() if row.startswith("| `syn2real.translator` |")]
    assert f"`{name}`" in row
    assert TRANSLATOR_TITLES[name] in row


@pytest.mark.parametrize("name", TRANSLATORS)
def test_the_page_says_which_translator_made_photo_like_views(name, params_with):
    params = load(params_with({"syn2real.translator": name}))
    assert describe(params).translated_views == TRANSLATOR_TITLES[name]


def test_the_entry_of_controlnet_names_all_of_its_section():
    section = [key.removeprefix("syn2real.controlnet.") for key in TRANSLATORS["controlnet"].parameters]
    assert section == list(ControlNetParams.model_fields)


def test_a_name_without_an_entry_is_an_error_that_names_the_registry():
    with pytest.raises(InputError, match=r"syn2real\.translator: 'paint' has no entry in .*translators\.py, expected"):
        translator_entry("paint")
