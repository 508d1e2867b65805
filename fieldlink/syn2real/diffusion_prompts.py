"""Prompts of a diffusion model, class by class (prompts.yaml beside this file)."""

from collections.abc import Iterable
from typing import Annotated

import numpy as np
from pydantic import Field

from fieldlink.core.errors import InputError
from fieldlink.core.params import StrictModel


class ScenePrompts(StrictModel):
    phrase: str  # the object in a plausible scene
    scenes: Annotated[tuple[str, ...], Field(min_length=1)]  # one of them is drawn


class DiffusionPrompts(StrictModel):
    quality: str  # ends every prompt
    negative: str  # the negative prompt
    classes: dict[str, ScenePrompts]

    def check(self, classes: Iterable[str], where: str) -> None:
        """Raise `InputError` for a class without prompts; `where`: their file."""
        if missing := sorted(set(classes) - self.classes.keys()):
            raise InputError(f"{where}: no class {missing}, expected a phrase and scenes for each class of the objects")

    def of(self, class_name: str, seed: int) -> str:
        """Phrase, one of the scenes, quality, separated by commas."""
        prompts = self.classes[class_name]
        scene = prompts.scenes[np.random.default_rng(seed).integers(len(prompts.scenes))]
        return f"{prompts.phrase}, {scene}, {self.quality}"
