"""nf2vec's encoder: rows of weights → one embedding (protocol 3)."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

PLACE_DEVIATION = 0.5  # of a place's vector before training, about that of the first layer's outputs


class Encoder(nn.Module):
    """One MLP shared by all rows, batch norm and ReLU after each hidden layer, a linear end, then the maximum.

    While it trains, batch norm's statistics are those of all rows of all NeRFs of the batch.

    As published, a row's place makes no difference. With `places`, the number of rows, each place has a learned vector
    that the first layer adds: NeRFs that share their start have neurons of one meaning in one place.
    """

    def __init__(self, units: int, hidden: tuple[int, ...], embedding: int, places: int = 0) -> None:
        super().__init__()
        widths = (units, *hidden)
        self.layers = nn.Sequential(
            *[
                module
                for inputs, outputs in zip(widths, hidden, strict=False)
                for module in (nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.ReLU())
            ],
            nn.Linear(widths[-1], embedding),
        )
        self.places = nn.Parameter(PLACE_DEVIATION * torch.randn(places, (*hidden, embedding)[0])) if places else None

    @property
    def last(self) -> nn.Linear:
        layer = self.layers[-1]
        assert isinstance(layer, nn.Linear)
        return layer

    def forward(self, rows: Float[Tensor, "nerf row units"]) -> Float[Tensor, "nerf embedding"]:
        hidden = self.layers[0](rows)
        if self.places is not None:
            hidden = hidden + self.places
        return self.layers[1:](hidden.flatten(0, 1)).unflatten(0, rows.shape[:2]).amax(dim=1)
