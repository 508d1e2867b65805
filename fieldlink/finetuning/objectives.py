"""The objectives of fine-tuning, by the words that the published tables have for them."""

from dataclasses import dataclass

from fieldlink.core.params import Loss, Objective


@dataclass(frozen=True, kw_only=True)
class ObjectiveEntry:
    """The terms of an objective. No field has a default: a new objective has to say each."""

    title: str  # in section 10 of docs/protocol.md; D is the decoder
    loss: Loss  # of the mapping
    reconstructs: bool  # nf2vec's own loss is added
    trains_decoder: bool


OBJECTIVES: dict[Objective, ObjectiveEntry] = {
    "siglip": ObjectiveEntry(title="SigLIP", loss="siglip", reconstructs=False, trains_decoder=False),
    "cosine": ObjectiveEntry(title="cosine", loss="cosine", reconstructs=False, trains_decoder=False),
    "cosine+rec decoder_unfrozen": ObjectiveEntry(
        title="cosine and reconstruction with D trained", loss="cosine", reconstructs=True, trains_decoder=True
    ),
    "cosine+rec decoder_frozen": ObjectiveEntry(
        title="cosine and reconstruction with D frozen", loss="cosine", reconstructs=True, trains_decoder=False
    ),
}
