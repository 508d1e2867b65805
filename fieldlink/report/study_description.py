"""What a study's numbers were made with, in words: CLIP, objects, photos, seeds, and how far the numbers compare."""

from dataclasses import dataclass

from fieldlink.clip.clip_sources import clip_source
from fieldlink.core.params import Params
from fieldlink.nerf.encodings import ENCODINGS
from fieldlink.scenes.photos.photo_sources import photo_source
from fieldlink.scenes.scene_sources import scene_source
from fieldlink.syn2real.translators import translator_entry


@dataclass(frozen=True)
class Comparability:
    """How far a study's numbers compare with the published ones."""

    headline: str  # of the page
    caution: str
    claims_note: str  # what a verdict on a published claim says, and what it doesn't


# No parameters alone make a study a reproduction of the published one.
CATALOGUE = Comparability(
    "A small synthetic world, not the published experiment",
    "Objects, NeRFs, photos and CLIP are smaller than the published ones and of another kind. Published "
    "numbers stand beside ours for orientation only: compare which method wins and by how much, never the "
    "absolute values.",
    "Each published conclusion is tested here in a small synthetic world: procedural objects, photo-like "
    "pictures and a small CLIP. The published experiment is not repeated. A verdict says whether the "
    "conclusion carries over to this world; it neither confirms nor refutes it where it was found.",
)
SMALL_CLIP = Comparability(
    "Real objects with a small CLIP, not the published experiment",
    "The objects come from a folder, but the CLIP is a small one trained on synthetic pictures, weak on real "
    "photos. Published numbers stand beside ours for orientation only.",
    "Each published conclusion is tested here on other objects and with a small CLIP. The published experiment "
    "is not repeated. A verdict says whether the conclusion carries over; it neither confirms nor refutes it.",
)
PRETRAINED_CLIP = Comparability(
    "Your own objects under a pretrained CLIP",
    "Absolute values compare with the published ones only if objects, split and CLIP weights are the published "
    "ones; otherwise compare orderings and differences.",
    "Each published conclusion is tested here on your own objects and photos. Unless objects, split and CLIP "
    "weights are the published ones, a verdict neither confirms nor refutes it where it was found.",
)


@dataclass(frozen=True)
class StudyDescription:
    comparability: Comparability
    clip: str
    objects: str
    nerfs: str
    photos: str
    translated_views: str
    seeds: str

    @property
    def signature(self) -> str:
        """The line below every table."""
        return (
            f"CLIP: {self.clip}. Objects: {self.objects}. NeRFs: {self.nerfs}. Photos: {self.photos}. "
            f"Photo-like views: {self.translated_views}. {self.seeds}."
        )


def describe(params: Params) -> StudyDescription:
    """The study's description, from its parameters alone."""
    seeds = ", ".join(str(seed) for seed in params.mapper.seeds)
    return StudyDescription(
        comparability=_comparability(params),
        clip=clip_source(params.clip.source).page_text(params.clip),
        objects=scene_source(params.scenes.source).page_text,
        nerfs=ENCODINGS[params.nerf.field.encoding].title,
        photos=photo_source(params.photos.source).page_text,
        translated_views=translator_entry(params.syn2real.translator).title,
        seeds=f"Training seeds of the mappers: {seeds}; study seed {params.study.seed}",
    )


def _comparability(params: Params) -> Comparability:
    if params.scenes.source == "catalogue":
        return CATALOGUE
    return SMALL_CLIP if clip_source(params.clip.source).trains else PRETRAINED_CLIP
