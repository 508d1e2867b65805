"""What every translator of views does once it is loaded."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import UInt8

from fieldlink.scenes.views import Views

TranslatedPicture = tuple[UInt8[np.ndarray, "height width 3"], str | None]  # picture; its prompt, if there is one


@runtime_checkable
class LoadedTranslator(Protocol):
    """A loaded translator."""

    @property
    def name(self) -> str:
        """The name in the registry and in column `translator`."""
        ...

    def settings(self) -> Mapping[str, Any]:
        """All parameters that its pictures depend on."""
        ...

    def pictures(self, views: Views, class_name: str, seeds: list[int]) -> Iterator[TranslatedPicture]:
        """A picture of each view, which has depth; one seed a view."""
        ...
