"""nf2vec: the encoder with the decoder that it is trained by, and both as tensors and a config."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from fieldlink.core import saved_models
from fieldlink.core.errors import InputError
from fieldlink.core.params import FieldParams, Nf2vecParams
from fieldlink.nerf.weight_layout import size
from fieldlink.nf2vec.decoder import Decoder
from fieldlink.nf2vec.encoder import Encoder
from fieldlink.nf2vec.weight_rows import row_count, rows

BEST = "best"  # name, in a model folder, of the state of the lowest validation loss


class Nf2vecModel(nn.Module):
    """Embeds NeRFs of one architecture; `params` gives the widths, `seed` the start."""

    def __init__(self, params: Nf2vecParams, architecture: FieldParams, seed: int) -> None:
        super().__init__()
        self.params, self.architecture = params, architecture
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            places = row_count(architecture) if params.row_embedding else 0
            self.encoder = Encoder(architecture.units, params.encoder, params.embedding, places)
            self.decoder = Decoder(params.embedding, architecture.octaves, params.decoder)

    def embed(self, weights: Float[Tensor, "nerf number"]) -> Float[Tensor, "nerf embedding"]:
        return self.encoder(rows(weights, self.architecture, self.params.layout))

    @torch.no_grad()
    def centre(self, mean: Float[Tensor, " embedding"]) -> None:
        """Move the origin of the embeddings to `mean`. The decoder gives the same for a NeRF as before.

        A maximum over rows lies far on one side of zero, so that the cosines between all NeRFs are near 1, and a cosine
        loss can teach a mapper little. Both moves change biases alone: the layers are as published.
        """
        self.encoder.last.bias.sub_(mean)
        for layer in (self.decoder.first, self.decoder.skip):
            layer.bias.add_(layer.weight[:, : len(mean)] @ mean)

    @property
    def config(self) -> dict[str, Any]:
        return {"nf2vec": self.params.model_dump(mode="json"), "field": self.architecture.model_dump(mode="json")}

    @property
    def tensors(self) -> dict[str, np.ndarray]:
        return {name: value.cpu().numpy() for name, value in self.state_dict().items()}

    @classmethod
    def of(cls, tensors: dict[str, np.ndarray], config: dict[str, Any]) -> "Nf2vecModel":
        """The model that `tensors` and `config` describe, in eval mode."""
        params, architecture = (
            Nf2vecParams.model_validate(config["nf2vec"], strict=False),
            FieldParams(**config["field"]),
        )
        model = cls(params, architecture, seed=0)
        model.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in tensors.items()})
        return model.eval()

    @classmethod
    def read(cls, folder: Path, name: str = "model") -> "Nf2vecModel":
        """The model in a model folder, in eval mode; `name`: that of one of its states."""
        tensors, config = saved_models.read_model(folder, name)
        return cls.of(tensors, config)


@torch.no_grad()
def embed(
    model: Nf2vecModel, weights: Float[np.ndarray, "nerf number"], batch: int = 256
) -> Float[np.ndarray, "nerf embedding"]:
    """float32 embeddings in eval mode, `batch` NeRFs at once, on the model's device."""
    device = next(model.parameters()).device
    model.eval()
    parts = [model.embed(part.to(device)).float().cpu() for part in torch.from_numpy(np.array(weights)).split(batch)]
    return torch.cat(parts).numpy()


def check_width(folder: Path, width: int, architecture: FieldParams, source: str) -> None:
    """Raise `InputError` if NeRFs of `width` numbers aren't of this architecture, which messages call `source`."""
    if width != size(architecture):
        raise InputError(
            f"{folder}: 'weights' has {width:,} numbers a row, {source} {size(architecture):,}; "
            "fit NeRFs and nf2vec with the same nerf.field"
        )
