"""Captions of the small CLIP's training pictures, varied so that it learns words and not two templates.

`{noun}` is a class's noun with its article, or an object's own caption: "a wide red display with no stand".
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np

CaptionDomain = Literal["plain", "photo"]
PROMPT_OF = {"plain": "prompt_3d_model", "photo": "prompt_photo"}  # the study's prompt that is true of a domain
GENERAL = (
    "{noun}",
    "A picture of {noun}",
    "An image of {noun}",
    "This is {noun}",
    "Here is {noun}",
    "There is {noun}",
    "A view of {noun}",
    "One can see {noun}",
    "It shows {noun}",
)
MANNERS: dict[CaptionDomain, tuple[str, ...]] = {
    "plain": (
        "A rendering of {noun}",
        "A render of {noun} on black",
        "A 3d model of {noun} on a black background",
        "A computer graphic of {noun}",
        "A mesh of {noun}",
        "A synthetic image of {noun}",
    ),
    "photo": (
        "A photograph of {noun}",
        "A snapshot of {noun}",
        "A blurry photo of {noun}",
        "A close photo of {noun}",
        "A photo of {noun} in its place",
        "A noisy picture of {noun}",
    ),
}
ATTRIBUTES = 0.1  # share of captions that say more than the class
MANNER = 0.1  # share of captions that say how it is shown; more of them pull views and photos of a class apart


class Caption(NamedTuple):
    text: str
    subject: str  # what it names; other words say how it is shown


def caption(noun: str, attributes: str, domain: CaptionDomain, prompts: Mapping[str, str], seed: int) -> Caption:
    """A caption that is true of the picture: a general one, one of its domain or the study's, of class or object."""
    random = np.random.default_rng(seed)
    of_study = [prompts[key] for key in [PROMPT_OF[domain]] if key in prompts]
    templates = [*MANNERS[domain], *of_study] if random.random() < MANNER else GENERAL
    subject = attributes if random.random() < ATTRIBUTES else noun
    return Caption(templates[random.integers(len(templates))].format(noun=subject), subject)
