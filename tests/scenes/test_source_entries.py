"""A new source of objects or photos has to say all that its entry holds."""

from dataclasses import fields

import pytest

from fieldlink.scenes.source_types import MeshSource, PhotoSourceEntry, SourceEntry, ViewSource


@pytest.mark.parametrize("entry", [MeshSource, ViewSource, PhotoSourceEntry])
def test_no_field_of_a_source_has_a_default(entry: type[SourceEntry]):
    assert [field.name for field in fields(entry) if field.default is not field.default_factory] == []  # all MISSING
    with pytest.raises(TypeError, match=r"missing .*'title'"):
        SourceEntry()  # pyright: ignore[reportCallIssue]
