"""Rows, columns and metrics in readable words."""

import re
from dataclasses import replace

from fieldlink.core import variants
from fieldlink.core.errors import InputError
from fieldlink.core.variants import Variant
from fieldlink.embeddings.baselines import NERF_EMBEDDINGS
from fieldlink.evaluation.tables.zero_shot import MODEL_PROMPT, PHOTO_PROMPT, PROMPT_ENSEMBLE
from fieldlink.mapper.losses import LOSSES

COLUMNS: dict[str, str] = {
    **{loss: entry.title for loss, entry in LOSSES.items()},
    MODEL_PROMPT: "“A 3d model of …”",
    PHOTO_PROMPT: "“A photo of …”",
    "cka": "CKA",
    PROMPT_ENSEMBLE: "prompts averaged",
    "macro hit@1": "macro Hit@1",
}
EMBEDDINGS = {name: f"{name}: {entry.title}" for name, entry in NERF_EMBEDDINGS.items()}
TRAINING_SETS = {"gt only": "GT views only", "captions": "trained on captions"}  # the others' words say enough
SPELLINGS = {
    "nerf_embedding": "NeRF embedding",
    "clip_embedding": "CLIP embedding",
    "siglip": "SigLIP",
    "_": " ",
}
WORD = re.compile(r"\b(clip|mse)\b")  # alone, not in clip2nerf


def column_label(name: str) -> str:
    """A column's heading."""
    return COLUMNS.get(name) or label(name)


def label(name: str) -> str:
    """A row, metric or other key in readable words: counts of views spelt out, underscores as spaces."""
    if name in EMBEDDINGS:
        return EMBEDDINGS[name]
    try:
        variant = variants.parse(name)
    except InputError:
        return _spelling(name)
    return _variant_label(variant)


def _variant_label(variant: Variant) -> str:
    """The variant's text with views and training set spelt out at the end."""
    if not (variant.direction or variant.method):
        return _spelling(variant.text)
    views = [_views(variant)] if variant.views else []
    name = replace(variant, source=None, views=None)
    if variant.shifted or variant.training_set not in TRAINING_SETS:
        return ", ".join([_spelling(name.text), *views])
    name = replace(name, training_set=None)
    return ", ".join([_spelling(name.text), *views, TRAINING_SETS[variant.training_set]])


def _views(variant: Variant) -> str:
    """`4 GT views` for `gt views=4`. N stands for all of them."""
    source = {"gt": "GT ", "rendered": "rendered ", None: ""}[variant.source]
    count = "all" if variant.views == "N" else variant.views
    return f"{count} {source}view{'' if count == '1' else 's'}"


def _spelling(name: str) -> str:
    if name.startswith("recall@"):  # the published word for a class hit rate
        name = name.replace("recall@", "Hit@")
    for key, words in SPELLINGS.items():
        name = name.replace(key, words)
    return WORD.sub(lambda match: match[0].upper(), name)
