"""Pictures and texts to CLIP embeddings, raw (not normalised), with the model's own preprocessing and tokenizer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from PIL import Image
from torch import Tensor, nn

from fieldlink.clip import custom_encoders, model_folders
from fieldlink.clip.interface import JointEncoder, Picture
from fieldlink.clip.quick_open_clip import open_clip
from fieldlink.core.devices import precision
from fieldlink.core.params import RuntimeParams
from fieldlink.core.workers import map_in_threads


def load(folder: Path, device: str) -> JointEncoder:
    """The encoder of a model folder of provide_clip: open_clip's, or a user's own."""
    if (folder / custom_encoders.CONFIG).is_file():
        return custom_encoders.load(folder, device)
    return ClipEncoder.load(folder, device)


@contextmanager
def loaded_encoder(folder: Path, runtime: RuntimeParams) -> Iterator[JointEncoder]:
    """The encoder, in a block that computes in the precision of `runtime`."""
    encoder = load(folder, runtime.device)
    with precision(runtime.precision, runtime.device):
        yield encoder


def embedded_pictures(
    encoder: JointEncoder, pictures: Sequence[Picture], batch: int
) -> Float[np.ndarray, "picture dim"]:
    """As `encoder.images`, of pictures of which there may be none. An encoder takes at least one: one more is black."""
    return encoder.images([*pictures, np.zeros((8, 8, 3), np.uint8)], batch)[:-1]


def embedded_texts(encoder: JointEncoder, texts: Sequence[str]) -> Float[np.ndarray, "text dim"]:
    """As `encoder.texts`, of texts of which there may be none. An encoder takes at least one: one more is empty."""
    return encoder.texts([*texts, ""])[:-1]


class ClipEncoder:
    """The two towers of a CLIP model folder, ready to embed."""

    def __init__(self, model: nn.Module, tokenizer: Any, device: str):
        self.model: Any = model.to(device).to(memory_format=torch.channels_last).eval()
        self.tokenizer, self.device = tokenizer, device
        self.preprocessing = open_clip.transform.PreprocessCfg(**self.model.visual.preprocess_cfg)
        self.transform: Any = open_clip.transform.image_transform_v2(self.preprocessing, is_train=False)

    @classmethod
    def load(cls, folder: Path, device: str) -> "ClipEncoder":
        """Raises `InputError` naming the folder if the model is absent, damaged or not open_clip's."""
        model, tokenizer = model_folders.load(folder)
        return cls(model, tokenizer, device)

    @torch.inference_mode()
    def images(self, pictures: Sequence[Picture], batch: int) -> Float[np.ndarray, "picture dim"]:
        """Embeddings of RGB pictures of any sizes; `batch`: pictures encoded at once."""
        embeddings = []
        for start in range(0, len(pictures), batch):
            pixels = self._pixels(pictures[start : start + batch]).to(self.device, memory_format=torch.channels_last)
            embeddings.append(self.model.encode_image(pixels).float().cpu())
        return torch.cat(embeddings).numpy()

    @torch.inference_mode()
    def texts(self, texts: Sequence[str]) -> Float[np.ndarray, "text dim"]:
        """Embeddings of texts."""
        return self.model.encode_text(self.tokenizer(list(texts)).to(self.device)).float().cpu().numpy()

    def _pixels(self, pictures: Sequence[Picture]) -> Float[Tensor, "picture 3 height width"]:
        """Pixels as open_clip's transform gives them; pictures of the model's size are normalised all at once."""
        size = self.preprocessing.size
        height, width = (size, size) if isinstance(size, int) else size
        if any(picture.shape[:2] != (height, width) for picture in pictures):
            return torch.stack(
                map_in_threads(lambda picture: self.transform(Image.fromarray(picture)), pictures, self.device)
            )
        mean, std = (torch.tensor(values) for values in (self.preprocessing.mean, self.preprocessing.std))
        return ((torch.from_numpy(np.stack(pictures)) / 255 - mean) / std).permute(0, 3, 1, 2)
