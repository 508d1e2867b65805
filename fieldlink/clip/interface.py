"""The interface of a model in CLIP's place: pictures and texts in one space.

Write a function `load(weights: Path | None, device: str) -> JointEncoder` in a module of your own that Python finds,
and set clip.source to module, clip.model to `package.module:load`, clip.pretrained to the file or folder of its
weights (or none) and clip.code to the module's own file. Nothing else of a study changes; tests/clip/mean_colours.py is
a whole example.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, UInt8

Picture = UInt8[np.ndarray, "_ _ 3"]


@runtime_checkable
class JointEncoder(Protocol):
    """Embeddings are not normalised: callers compare them by cosine."""

    def images(self, pictures: Sequence[Picture], batch: int) -> Float[np.ndarray, "picture dim"]:
        """Embeddings of RGB pictures of any sizes, `batch` of them encoded at once."""
        ...

    def texts(self, texts: Sequence[str]) -> Float[np.ndarray, "text dim"]:
        """Embeddings of texts."""
        ...
