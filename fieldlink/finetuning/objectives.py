"""The objectives of fine-tuning, by the words that the published tables have for them."""

from dataclasses import dataclass

from fieldlink.core.params import Loss, Objective


@dataclass(frozen=True)
class Terms:
    """What an objective adds up, and whether the decoder learns with it."""

    loss: Loss  # of the mapping
    reconstructs: bool = False  # nf2vec's own loss beside it
    trains_decoder: bool = False


TERMS: dict[Objective, Terms] = {
    "siglip": Terms("siglip"),
    "cosine": Terms("cosine"),
    "cosine+rec decoder_unfrozen": Terms("cosine", reconstructs=True, trains_decoder=True),
    "cosine+rec decoder_frozen": Terms("cosine", reconstructs=True),
}
