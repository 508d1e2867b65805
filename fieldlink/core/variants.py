"""What a trained model or a row of a table is: a value, and the text that names it.

The text names trainings and keys the published tables, so it never changes. No other module builds or parses it. A row
of a zero-shot table names no loss, which is the column there: `replace(variant, loss=None)`.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from fieldlink.core.errors import InputError
from fieldlink.core.params import Loss, Objective

NF2VEC = "nf2vec"  # the space of NeRFs that every study has
Direction = Literal["clip2nerf", "nerf2clip"]  # what is mapped to what (thesis, Fig. 3.2)
Source = Literal["gt", "rendered"]  # of the views: ground truth, or rendered from the NeRF
TrainingSet = Literal["original", "syn2real", "gt only", "captions"]  # original: without augmented copies
Embedding = Literal["nerf_embedding", "clip_embedding"]
Concatenation = Literal["concat", "concat l2", "concat weighted"]  # as they are; each of length 1; by a chosen weight
QueryDomainName = Literal["synthetic", "real"]  # of the queries: views or photos
Reference = Literal["original", "original best views"]  # beside fine-tuned models
GenerationInput = Literal["view", "caption", "photo", "NeRF vector"]
Method = Literal[
    "CLIP mean",  # CLIP alone: each object's mean view
    "CLIP all",  # CLIP alone: every view an item
    "CLIP all distinct",  # the same, k counting distinct objects
    "clip",  # CLIP alone, zero-shot
    "ensemble",  # of classification heads
    "depth maps",
    "depth maps + nerf2clip",
    "reconstruction",  # by nf2vec's decoder
    "the NeRF itself",
    "the photo itself",
]


@dataclass(frozen=True, kw_only=True)
class Variant:
    """Fields in the order of the text; what is None or False is not in it. A wrong value is an `InputError`."""

    generated_from: GenerationInput | None = None
    space: str | None = None  # of NeRFs, where a study compares several: `NF2VEC`, pca, functa
    direction: Direction | None = None
    method: Method | None = None  # anything but a mapper
    objective: Objective | None = None  # of fine-tuning
    head: Embedding | None = None  # a classification head, by its input
    concatenation: Concatenation | None = None
    embedding: Embedding | None = None  # measured
    other_embedding: Embedding | None = None  # compared with the first
    source: Source | None = None
    views: str | None = None  # averaged: a number, or N for all
    loss: Loss | None = None
    rescaled: bool = False  # outputs brought to the usual length before decoding
    batch: int | None = None
    equal_steps: bool = False  # as many optimizer steps with every batch, not as many epochs
    training_set: TrainingSet | None = None
    query_domain: QueryDomainName | None = None
    reference: Reference | None = None
    shifted: bool = False  # text queries moved by the modality gap

    def __post_init__(self) -> None:
        wrong = {name: value for name, value in self._values().items() if not re.fullmatch(_VALUES[name], str(value))}
        if wrong or not self._values():
            raise InputError(f"variant: no such {wrong or 'thing without any field'}")

    @property
    def text(self) -> str:
        """The name of the training, or the table's row."""
        return " ".join(_TEMPLATES.get(name, "{}").format(value) for name, value in self._values().items())

    def _values(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value is not None and value is not False}


def parse(text: str) -> Variant:
    """The variant of which `text` is the text; a text of none is an error that names it."""
    match = _GRAMMAR.fullmatch(f" {text}")
    values: dict[str, Any] = {name: value for name, value in match.groupdict().items() if value} if match else {}
    if not values:
        raise InputError(f"{text!r} is the name of no model and no row of a table; see fieldlink/core/variants.py")
    convert = {"batch": int, "rescaled": bool, "equal_steps": bool, "shifted": bool}
    return Variant(**{name: convert.get(name, str)(value) for name, value in values.items()})


def trained_name(text: str, seed: int) -> str:
    """The name of one training seed's model; `text`: that of its variant."""
    return f"{text} seed={seed}"


def folder_name(name: str) -> str:
    """A variant's text or a model's name as the name of a folder, without spaces."""
    return name.replace(" ", "_")


_TEMPLATES = {
    "generated_from": "{} →",
    "objective": "finetuned {}",
    "head": "head {}",
    "other_embedding": "and {}",
    "views": "views={}",
    "rescaled": "rescaled",
    "batch": "batch={}",
    "equal_steps": "equal-steps",
    "reference": "({})",
    "shifted": "shifted",
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "generated_from": get_args(GenerationInput),
    "direction": get_args(Direction),
    "method": get_args(Method),
    "objective": get_args(Objective),
    "head": get_args(Embedding),
    "concatenation": get_args(Concatenation),
    "embedding": get_args(Embedding),
    "other_embedding": get_args(Embedding),
    "source": get_args(Source),
    "loss": get_args(Loss),
    "training_set": get_args(TrainingSet),
    "query_domain": get_args(QueryDomainName),
    "reference": get_args(Reference),
}
_WORDS = {word for choices in _CHOICES.values() for choice in choices for word in choice.split()}
_RESERVED = "|".join(map(re.escape, sorted(_WORDS | {"finetuned", "head", "and", "rescaled", "shifted"})))
_VALUES = {name: "|".join(map(re.escape, choices)) for name, choices in _CHOICES.items()} | {
    "space": rf"(?!(?:{_RESERVED})$)\w+",
    "views": r"N|[1-9]\d*",
    "batch": r"[1-9]\d*",
    "rescaled": "True",
    "equal_steps": "True",
    "shifted": "True",
}


def _grammar() -> re.Pattern[str]:
    """Every field with a space before it, in the order of the text, each optional."""
    parts = []
    for name in cast("dict[str, Any]", Variant.__dataclass_fields__):
        before, placeholder, after = _TEMPLATES.get(name, "{}").partition("{}")
        value = _VALUES[name].replace("$", r"(?:\s|$)") if placeholder else re.escape(before)
        parts.append(f"(?: {re.escape(before) if placeholder else ''}(?P<{name}>{value}){re.escape(after)})?")
    return re.compile("".join(parts))


_GRAMMAR = _grammar()

# The mappers that the study compares other trainings with.
CLIP2NERF_COSINE = Variant(direction="clip2nerf", loss="cosine")
NERF2CLIP_SIGLIP = Variant(direction="nerf2clip", loss="siglip")
