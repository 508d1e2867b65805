"""nf2vec: the encoder with the decoder that teaches it, and how they are kept as tensors and a config."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from fieldlink.core.errors import InputError
from fieldlink.core.params import FieldParams, Nf2vecParams
from fieldlink.nerf.weight_layout import size
from fieldlink.nf2vec.decoder import Decoder
from fieldlink.nf2vec.encoder import Encoder
from fieldlink.nf2vec.weight_rows import rows


class Nf2vecModel(nn.Module):
    """Embeds NeRFs of one architecture; `how` gives the widths, `seed` the start."""

    def __init__(self, how: Nf2vecParams, architecture: FieldParams, seed: int) -> None:
        super().__init__()
        self.how, self.architecture = how, architecture
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.encoder = Encoder(architecture.units, how.encoder, how.embedding)
            self.decoder = Decoder(how.embedding, architecture.octaves, how.decoder)

    def embed(self, weights: Float[Tensor, "nerf number"]) -> Float[Tensor, "nerf embedding"]:
        return self.encoder(rows(weights, self.architecture, self.how.layout))

    @torch.no_grad()
    def centre(self, mean: Float[Tensor, " embedding"]) -> None:
        """Move the embeddings' origin to `mean`; what the decoder makes of a NeRF stays the same.

        A maximum over rows lies far on one side of zero: the cosines between all NeRFs come near 1, and what a cosine
        loss can teach a mapper is small. Both moves go into biases, so that the layers are as published.
        """
        self.encoder.last.bias.sub_(mean)
        for layer in (self.decoder.first, self.decoder.skip):
            layer.bias.add_(layer.weight[:, : len(mean)] @ mean)

    @property
    def config(self) -> dict[str, Any]:
        return {"nf2vec": self.how.model_dump(mode="json"), "field": self.architecture.model_dump(mode="json")}

    @property
    def tensors(self) -> dict[str, np.ndarray]:
        return {name: value.cpu().numpy() for name, value in self.state_dict().items()}

    @classmethod
    def of(cls, tensors: dict[str, np.ndarray], config: dict[str, Any]) -> "Nf2vecModel":
        """The model that `tensors` and `config` describe, in eval mode."""
        how, architecture = Nf2vecParams.model_validate(config["nf2vec"], strict=False), FieldParams(**config["field"])
        model = cls(how, architecture, seed=0)
        model.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in tensors.items()})
        return model.eval()


@torch.no_grad()
def embed(
    model: Nf2vecModel, weights: Float[np.ndarray, "nerf number"], batch: int = 256
) -> Float[np.ndarray, "nerf embedding"]:
    """Embeddings in eval mode, `batch` NeRFs at once, on the model's device; float32 whatever they are computed in."""
    device = next(model.parameters()).device
    model.eval()
    parts = [model.embed(part.to(device)).float().cpu() for part in torch.from_numpy(np.array(weights)).split(batch)]
    return torch.cat(parts).numpy()


def check_width(folder: Path, width: int, architecture: FieldParams, whose: str) -> None:
    """Raise `InputError` if NeRFs of `width` numbers aren't of this architecture; `whose` says who wants it."""
    if width != size(architecture):
        raise InputError(
            f"{folder}: 'weights' has {width:,} numbers a row, {whose} {size(architecture):,}; "
            "fit NeRFs and nf2vec with the same nerf.field"
        )
