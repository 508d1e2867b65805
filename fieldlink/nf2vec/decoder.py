"""nf2vec's decoder: an embedding and positions → colour and density, as the NeRF itself gives them (protocol 3)."""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import linear, relu

from fieldlink.nerf.encodings.frequency import FrequencyEncoding
from fieldlink.nerf.field import FieldValues, colour_and_density, unit


class Decoder(nn.Module):
    """Five hidden layers, and a linear layer to colour and density.

    The first of them takes the embedding v beside the encoded position γ(p). A projection of both is added after the
    third.
    """

    def __init__(self, embedding: int, octaves: int, width: int) -> None:
        super().__init__()
        self.encoding = FrequencyEncoding(octaves)  # whatever encoding the NeRFs have
        self.first = _JointLinear(embedding, self.encoding.width, width)
        self.skip = _JointLinear(embedding, self.encoding.width, width)
        self.before = nn.ModuleList([nn.Linear(width, width) for _ in range(2)])
        self.after = nn.ModuleList([nn.Linear(width, width) for _ in range(2)])
        self.last = nn.Linear(width, 4)

    def forward(self, embedding: Float[Tensor, "nerf embedding"], points: Float[Tensor, "nerf point 3"]) -> FieldValues:
        """The field that each NeRF's embedding stands for, at the NeRF's own points; zero density outside the box."""
        x = unit(points)
        encoded = self.encoding.prepare(x)
        hidden = relu(self.first(embedding, encoded))
        for layer in self.before:
            hidden = relu(layer(hidden))
        hidden = hidden + relu(self.skip(embedding, encoded))
        for layer in self.after:
            hidden = relu(layer(hidden))
        return colour_and_density(self.last(hidden), ((x > 0) & (x < 1)).all(-1))


class _JointLinear(nn.Linear):
    """A linear layer of [v, γ(p)] that multiplies v once per NeRF, not once per point."""

    def __init__(self, embedding: int, encoding: int, width: int) -> None:
        super().__init__(embedding + encoding, width)
        self.widths = [embedding, encoding]

    def forward(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, embedding: Float[Tensor, "nerf embedding"], encoded: Float[Tensor, "nerf point encoding"]
    ) -> Float[Tensor, "nerf point width"]:
        of_embedding, of_point = self.weight.split(self.widths, dim=1)
        return linear(encoded, of_point) + linear(embedding, of_embedding, self.bias)[:, None]
