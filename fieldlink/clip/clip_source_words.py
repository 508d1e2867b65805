"""What the sources of a study's CLIP are called and read: words alone, so that the page needs no code of CLIP."""

from collections.abc import Callable
from dataclasses import dataclass

from fieldlink.core import registry
from fieldlink.core.params import ClipParams


@dataclass(frozen=True, kw_only=True)
class ClipSourceWords:
    """The words of a source of CLIP. No field has a default: a new source has to say each."""

    title: str  # in README's table
    page_text: Callable[[ClipParams], str]  # on the result page
    parameters: tuple[str, ...]  # keys of params.yaml that this source reads beside clip.batch
    trains: bool  # on the study's captioned pictures; other sources have their weights from elsewhere


def _model_and_weights(clip: ClipParams) -> str:
    return f"{clip.model}, weights {clip.pretrained.rpartition('/')[2]}"


CLIP_SOURCE_WORDS: dict[str, ClipSourceWords] = {
    "train": ClipSourceWords(
        title="a small CLIP",
        page_text=lambda clip: f"a small one, trained here for {clip.training.steps:,} steps",
        parameters=("clip.pictures", "clip.network", "clip.training"),
        trains=True,
    ),
    "open_clip": ClipSourceWords(
        title="any of its models",
        page_text=_model_and_weights,
        parameters=("clip.model", "clip.pretrained", "clip.code"),
        trains=False,
    ),
    "module": ClipSourceWords(
        title="a model of your own",
        page_text=_model_and_weights,
        parameters=("clip.model", "clip.pretrained", "clip.code"),
        trains=False,
    ),
}


def clip_source_words(name: str) -> ClipSourceWords:
    """The words of a name in `clip.source`."""
    return registry.member(CLIP_SOURCE_WORDS, name, "clip.source", "fieldlink/clip/clip_source_words.py")
