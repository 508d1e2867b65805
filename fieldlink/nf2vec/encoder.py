"""nf2vec's encoder: rows of weights → one embedding, whatever the order of the rows (protocol 3)."""

from jaxtyping import Float
from torch import Tensor, nn


class Encoder(nn.Module):
    """One MLP shared by all rows, batch norm and ReLU after each hidden layer, a linear end, then the maximum.

    While it trains, batch norm's statistics are those of all rows of all NeRFs of the batch.
    """

    def __init__(self, units: int, hidden: tuple[int, ...], embedding: int) -> None:
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

    @property
    def last(self) -> nn.Linear:
        layer = self.layers[-1]
        assert isinstance(layer, nn.Linear)
        return layer

    def forward(self, rows: Float[Tensor, "nerf row units"]) -> Float[Tensor, "nerf embedding"]:
        return self.layers(rows.flatten(0, 1)).unflatten(0, rows.shape[:2]).amax(dim=1)
