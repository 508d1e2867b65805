"""The small CLIP of the default profile: open_clip's own CLIP class with a narrow residual image tower.

On two cores a residual tower learns 64-pixel pictures in fewer steps than a vision transformer of the same speed.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import open_clip
import torch
from jaxtyping import Float, UInt8
from PIL import Image
from torch import Tensor

from fieldlink.core.params import ClipNetworkParams

VOCABULARY = 49408  # of open_clip's tokenizer
PREPROCESSING = {
    "mean": open_clip.OPENAI_DATASET_MEAN,
    "std": open_clip.OPENAI_DATASET_STD,
    "interpolation": "bicubic",
    "resize_mode": "shortest",
}


def description(network: ClipNetworkParams) -> dict[str, Any]:
    """The network in open_clip's words (its `model_cfg`)."""
    return {
        "embed_dim": network.embedding,
        "vision_cfg": {"image_size": network.resolution, "layers": [1, 1, 1, 1], "width": network.width},
        "text_cfg": {
            "context_length": network.context,
            "vocab_size": VOCABULARY,
            "width": network.text_width,
            "heads": network.text_width // 32,
            "layers": network.text_layers,
        },
    }


def build(network: ClipNetworkParams, seed: int) -> open_clip.CLIP:
    """The network at its random start. The token table stays there: random rows tell words apart, and training
    49,408 of them for a few hundred words in use would take most of the time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = open_clip.CLIP(**description(network))
    model.token_embedding.requires_grad_(False)
    return model


def untrained(network: ClipNetworkParams, seed: int) -> tuple[open_clip.CLIP, Any]:
    """The network at its random start with its tokenizer, ready for an `Encoder`: as fast as a trained one."""
    model = build(network, seed)
    model.visual.preprocess_cfg = {**PREPROCESSING, "size": network.resolution}  # pyright: ignore
    return model, open_clip.get_tokenizer(context_length=network.context)


def sized(pictures: Sequence[UInt8[np.ndarray, "_ _ 3"]], side: int) -> UInt8[np.ndarray, "picture {side} {side} 3"]:
    """Square pictures at the network's resolution."""
    return np.stack(
        [
            picture
            if picture.shape[:2] == (side, side)
            else np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.BICUBIC))
            for picture in pictures
        ]
    )


def normalised(pixels: UInt8[Tensor, "picture 3 side side"]) -> Float[Tensor, "picture 3 side side"]:
    """Pixels as the image tower takes them: less the mean, by the standard deviation."""
    mean, std = (torch.tensor(PREPROCESSING[key], device=pixels.device)[:, None, None] for key in ("mean", "std"))
    return torch.addcmul(-mean / std, pixels.float(), 1 / (255 * std))
