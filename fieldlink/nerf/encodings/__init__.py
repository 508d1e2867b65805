"""Encodings of positions, one file each, which names its own `ENCODING`: the registry, and the encoding of a field."""

from collections.abc import Mapping

from fieldlink.core import registry
from fieldlink.core.params import FieldParams
from fieldlink.nerf.encodings.encoding import Encoding

ENCODINGS: Mapping[str, type[Encoding]] = {  # by nerf.field.encoding
    module.ENCODING.name: module.ENCODING
    for module in registry.modules(__name__, __path__)
    if module.__name__ != Encoding.__module__
}


def encoding_of(field: FieldParams) -> Encoding:
    """The encoding that `field.encoding` names. Raises `InputError` if the registry has none of that name."""
    return registry.member(ENCODINGS, field.encoding, "nerf.field.encoding", "fieldlink/nerf/encodings").of(field)
