"""Encodings of positions, one file each: the registry, and the encoding of a field."""

from collections.abc import Mapping

from fieldlink.core.errors import InputError
from fieldlink.core.params import FieldParams
from fieldlink.nerf.encodings.encoding import Encoding
from fieldlink.nerf.encodings.frequency import FrequencyEncoding
from fieldlink.nerf.encodings.hash_grid import HashGridEncoding

ENCODINGS: Mapping[str, type[Encoding]] = {  # by nerf.field.encoding
    "frequency": FrequencyEncoding,
    "hash": HashGridEncoding,
}


def encoding_of(field: FieldParams) -> Encoding:
    """The encoding that `field.encoding` names; raises `InputError` if the registry has none of that name."""
    if field.encoding not in ENCODINGS:
        raise InputError(
            f"nerf.field.encoding: {field.encoding!r} is not in ENCODINGS of fieldlink/nerf/encodings/__init__.py, "
            f"which has {', '.join(ENCODINGS)}"
        )
    return ENCODINGS[field.encoding].of(field)
