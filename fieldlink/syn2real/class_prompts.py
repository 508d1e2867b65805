"""What a diffusion model is asked for, class by class (prompts.yaml beside this file)."""

from collections.abc import Iterable
from typing import Annotated

import numpy as np
from pydantic import Field

from fieldlink.core.errors import InputError
from fieldlink.core.params import StrictModel


class ClassPrompts(StrictModel):
    phrase: str  # the object in a plausible scene
    scenes: Annotated[tuple[str, ...], Field(min_length=1)]  # one of them goes with it


class DiffusionPrompts(StrictModel):
    quality: str  # ends every prompt
    negative: str  # what pictures should not be
    classes: dict[str, ClassPrompts]

    def check(self, classes: Iterable[str], where: str) -> None:
        """A class without prompts is an error that names it and `where`."""
        if missing := sorted(set(classes) - self.classes.keys()):
            raise InputError(f"{where}: no class {missing}, expected a phrase and scenes for each class of the objects")

    def of(self, class_name: str, seed: int) -> str:
        """Phrase, one of the scenes, quality."""
        own = self.classes[class_name]
        scene = own.scenes[np.random.default_rng(seed).integers(len(own.scenes))]
        return f"{own.phrase}, {scene}, {self.quality}"
