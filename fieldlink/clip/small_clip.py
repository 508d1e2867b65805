"""The small CLIP of the default profile: open_clip's own CLIP class with a narrow residual image tower.

On two cores a residual tower learns 64-pixel pictures in fewer steps than a vision transformer of the same speed.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image
from torch import Tensor, nn

from fieldlink.clip import model_folders
from fieldlink.clip.quick_open_clip import open_clip
from fieldlink.clip.tokenizers import Tokenizer, tokenizer_entry
from fieldlink.core.params import ClipNetworkParams

TOKENIZER = "open_clip_bpe"  # in the registry of tokenizers
PREPROCESSING = {
    "mean": open_clip.OPENAI_DATASET_MEAN,
    "std": open_clip.OPENAI_DATASET_STD,
    "interpolation": "bicubic",
    "resize_mode": "shortest",
}


def description(network: ClipNetworkParams) -> dict[str, Any]:
    """The network as open_clip describes it (`model_cfg`)."""
    return {
        "embed_dim": network.embedding,
        "vision_cfg": {"image_size": network.resolution, "layers": [1, 1, 1, 1], "width": network.width},
        "text_cfg": {
            "context_length": network.context,
            "vocab_size": tokenizer_entry(TOKENIZER, "small_clip.TOKENIZER").vocabulary,
            "width": network.text_width,
            "heads": network.text_width // 32,
            "layers": network.text_layers,
        },
    }


def build(network: ClipNetworkParams, seed: int) -> open_clip.CLIP:
    """The network at its random start, with a fixed token table.

    Random rows tell words apart. Training all of them for the few hundred words in use would take most of the time.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = open_clip.CLIP(**description(network))
    model.token_embedding.requires_grad_(False)
    return model


def untrained(network: ClipNetworkParams, seed: int) -> tuple[open_clip.CLIP, Any]:
    """The network at its random start and its tokenizer, for a `ClipEncoder` as fast as a trained one."""
    model = build(network, seed)
    model.visual.preprocess_cfg = {**PREPROCESSING, "size": network.resolution}  # pyright: ignore
    return model, tokenizer(network)


def tokenizer(network: ClipNetworkParams) -> Tokenizer:
    """The small CLIP's tokenizer, before there is a model folder."""
    return tokenizer_entry(TOKENIZER, "small_clip.TOKENIZER").load(Path(), description(network))


def save(folder: Path, model: nn.Module, network: ClipNetworkParams) -> None:
    """Write the model folder of a small CLIP."""
    model_folders.save(folder, model, description(network), PREPROCESSING, tokenizer_name=TOKENIZER)


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
    """Pixels as the image tower takes them: minus the mean, over the standard deviation."""
    mean, std = (torch.tensor(PREPROCESSING[key], device=pixels.device)[:, None, None] for key in ("mean", "std"))
    return torch.addcmul(-mean / std, pixels.float(), 1 / (255 * std))
