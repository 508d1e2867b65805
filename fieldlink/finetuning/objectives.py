"""The objectives of fine-tuning, by the words that the published tables have for them."""

from dataclasses import dataclass

from fieldlink.core.params import Loss, Objective


@dataclass(frozen=True, kw_only=True)
class ObjectiveEntry:
    """The terms of an objective. No field has a default: a new objective has to say each."""

    loss: Loss  # of the mapping
    reconstructs: bool  # nf2vec's own loss is added
    trains_decoder: bool


OBJECTIVES: dict[Objective, ObjectiveEntry] = {
    "siglip": ObjectiveEntry(loss="siglip", reconstructs=False, trains_decoder=False),
    "cosine": ObjectiveEntry(loss="cosine", reconstructs=False, trains_decoder=False),
    "cosine+rec decoder_unfrozen": ObjectiveEntry(loss="cosine", reconstructs=True, trains_decoder=True),
    "cosine+rec decoder_frozen": ObjectiveEntry(loss="cosine", reconstructs=True, trains_decoder=False),
}
