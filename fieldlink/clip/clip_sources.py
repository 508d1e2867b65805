"""Registry of the sources of a study's CLIP, by their names in `clip.source`.

A source's modules are imported only when it is used.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fieldlink.clip.clip_curves import ClipLosses
from fieldlink.clip.interface import JointEncoder
from fieldlink.core import datasets, registry, schemas
from fieldlink.core.params import ClipParams, Params
from fieldlink.core.progress import progress
from fieldlink.core.seeds import seed_of

OF_A_MODEL = ("clip.model", "clip.pretrained", "clip.code")  # keys of params.yaml


@dataclass(frozen=True, kw_only=True)
class ClipSourceEntry:
    """A source of CLIP as a member of the registry. No field has a default: a new source has to say each."""

    title: str  # in README's table
    page_text: Callable[[ClipParams], str]  # on the result page
    parameters: tuple[str, ...]  # keys of params.yaml that this source reads beside clip.batch
    trains: bool  # on the study's captioned pictures; other sources have their weights from elsewhere
    provide: Callable[[Path, Path, Params], list[ClipLosses]]  # from captioned pictures, into a model folder
    encoder: Callable[[Params], JointEncoder]  # without a model folder; untrained if the source trains


def _train(pictures: Path, out: Path, params: Params) -> list[ClipLosses]:
    from fieldlink.clip import clip_training, small_clip
    from fieldlink.clip.captioned_pairs import CaptionedPictures

    rows, network = datasets.read(pictures, schemas.CAPTIONED_PICTURES), params.clip.network
    trained = clip_training.train(
        CaptionedPictures.of_split(rows, "train", network),
        CaptionedPictures.of_split(rows, "validation", network),
        network,
        params.clip.training,
        seed_of(params.study.seed, "clip"),
        device=params.runtime.device,
        steps=lambda steps: progress(steps, "provide_clip", "step"),
    )
    small_clip.save(out, trained.model, network)
    return trained.losses


def _untrained_encoder(params: Params) -> JointEncoder:
    from fieldlink.clip import small_clip
    from fieldlink.clip.encoders import ClipEncoder

    model, tokenizer = small_clip.untrained(params.clip.network, params.study.seed)
    return ClipEncoder(model, tokenizer, params.runtime.device)


def _save_of_open_clip(pictures: Path, out: Path, params: Params) -> list[ClipLosses]:
    from fieldlink.clip import pretrained

    pretrained.save(out, pretrained.fetch(params.clip.model, params.clip.pretrained))
    return []


def _encoder_of_open_clip(params: Params) -> JointEncoder:
    from fieldlink.clip import pretrained
    from fieldlink.clip.encoders import ClipEncoder

    clip = pretrained.fetch(params.clip.model, params.clip.pretrained)
    return ClipEncoder(clip.model, clip.tokenizer, params.runtime.device)


def _save_of_module(pictures: Path, out: Path, params: Params) -> list[ClipLosses]:
    from fieldlink.clip import custom_encoders

    custom_encoders.save(out, params.clip.model, params.clip.pretrained, params.clip.code)
    return []


def _encoder_of_module(params: Params) -> JointEncoder:
    from fieldlink.clip import custom_encoders

    clip = params.clip
    weights = None if clip.pretrained == custom_encoders.NONE else Path(clip.pretrained)
    return custom_encoders.loaded(clip.model, weights, params.runtime.device)


def _model_and_weights(clip: ClipParams) -> str:
    return f"{clip.model}, weights {clip.pretrained.rpartition('/')[2]}"


CLIP_SOURCES: dict[str, ClipSourceEntry] = {
    "train": ClipSourceEntry(
        title="a small CLIP",
        page_text=lambda clip: f"a small one, trained here for {clip.training.steps:,} steps",
        parameters=("clip.pictures", "clip.network", "clip.training"),
        trains=True,
        provide=_train,
        encoder=_untrained_encoder,
    ),
    "open_clip": ClipSourceEntry(
        title="any of its models",
        page_text=_model_and_weights,
        parameters=OF_A_MODEL,
        trains=False,
        provide=_save_of_open_clip,
        encoder=_encoder_of_open_clip,
    ),
    "module": ClipSourceEntry(
        title="a model of your own",
        page_text=_model_and_weights,
        parameters=OF_A_MODEL,
        trains=False,
        provide=_save_of_module,
        encoder=_encoder_of_module,
    ),
}


def clip_source(name: str) -> ClipSourceEntry:
    """The entry of a name in `clip.source`."""
    return registry.member(CLIP_SOURCES, name, "clip.source", "fieldlink/clip/clip_sources.py")
