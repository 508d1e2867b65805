"""Every source of CLIP that params.yaml may name has an entry in the registry."""

from typing import get_args

import pytest
from parameters import readme_rows

from fieldlink.clip.clip_sources import CLIP_SOURCES, clip_source
from fieldlink.core.errors import InputError
from fieldlink.core.params import ClipParams


def test_the_names_that_params_accept_are_those_of_the_registry():
    assert get_args(ClipParams.model_fields["source"].annotation) == tuple(CLIP_SOURCES)


@pytest.mark.parametrize("name", CLIP_SOURCES)
def test_a_source_stands_in_the_readme(name):
    (row,) = [row for row in readme_rows() if row.startswith("| `clip.source` |")]
    assert f"`{name}`" in row


def test_a_name_without_an_entry_is_an_error_that_names_the_registry():
    with pytest.raises(InputError, match=r"clip\.source: 'hub' has no entry in .*clip_sources\.py, expected"):
        clip_source("hub")
