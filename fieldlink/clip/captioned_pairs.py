"""Captioned pictures as the small CLIP's training takes them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import torch
from jaxtyping import Int, UInt8
from torch import Tensor

from fieldlink.clip import small_clip
from fieldlink.core.params import ClipNetworkParams
from fieldlink.scenes import pictures


@dataclass(frozen=True)
class PairTensors:
    """On the CPU; a batch of them goes to the device."""

    pixels: UInt8[Tensor, "picture 3 side side"]
    tokens: Int[Tensor, "picture token"]
    subjects: Int[Tensor, " picture"]  # equal numbers: captions of the same thing


@dataclass(frozen=True)
class CaptionedPictures:
    """The pictures of one split."""

    pictures: UInt8[np.ndarray, "picture side side 3"]  # of the network's resolution
    captions: Sequence[str]
    subjects: Sequence[str]  # what each caption names

    @staticmethod
    def of_split(rows: pa.Table, split: str, network: ClipNetworkParams) -> "CaptionedPictures":
        """The rows of a split among those of dataset `captioned_pictures`."""
        of_split = rows.filter(pc.field("split") == split)
        decoded = [pictures.decode(data, "RGB") for data in of_split["image"].to_pylist()]
        texts = of_split["caption"].to_pylist(), of_split["subject"].to_pylist()
        return CaptionedPictures(small_clip.sized(decoded, network.resolution), captions=texts[0], subjects=texts[1])

    def tensors(self, network: ClipNetworkParams) -> PairTensors:
        return PairTensors(
            torch.from_numpy(self.pictures).permute(0, 3, 1, 2),
            small_clip.tokenizer(network)(list(self.captions)),
            torch.from_numpy(np.unique(self.subjects, return_inverse=True)[1]),
        )
