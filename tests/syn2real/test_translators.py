"""Every translator that params.yaml may name has a complete entry in the registry."""

from typing import get_args

import pytest
from parameters import commented_keys, readme_rows

from fieldlink.core.errors import InputError
from fieldlink.core.params import Syn2realParams, load
from fieldlink.report.study_description import describe
from fieldlink.syn2real.translators import TRANSLATORS, translator_entry


def test_the_names_that_params_accept_are_those_of_the_registry():
    assert get_args(Syn2realParams.model_fields["translator"].annotation) == tuple(TRANSLATORS)


@pytest.mark.parametrize("name", TRANSLATORS)
def test_a_translator_has_documented_parameters_and_stands_in_the_readme(name):
    entry = TRANSLATORS[name]
    assert entry.title
    assert entry.parameters
    assert set(entry.parameters) <= commented_keys()
    (row,) = [row for row in readme_rows() if row.startswith("| `syn2real.translator` |")]
    assert f"`{name}`" in row
    assert TRANSLATORS[name].title in row


@pytest.mark.parametrize("name", TRANSLATORS)
def test_the_page_says_which_translator_made_photo_like_views(name, params_with):
    params = load(params_with({"syn2real.translator": name}))
    assert describe(params).translated_views == TRANSLATORS[name].title


@pytest.mark.parametrize("name", TRANSLATORS)
def test_an_entry_has_the_class_of_its_section_and_reads_all_of_it(name):
    entry, field = TRANSLATORS[name], Syn2realParams.model_fields.get(name)
    assert entry.params == (field and field.annotation)
    if entry.params:
        assert list(entry.parameters) == [f"syn2real.{name}.{key}" for key in entry.params.model_fields]


def test_a_name_without_an_entry_is_an_error_that_names_the_registry():
    with pytest.raises(InputError, match=r"syn2real\.translator: 'paint' has no entry in .*translators\.py, expected"):
        translator_entry("paint")
