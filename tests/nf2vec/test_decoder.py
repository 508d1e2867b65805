import torch
from torch.nn.functional import relu

from fieldlink.nerf.encodings.frequency import frequency
from fieldlink.nerf.field import HALF
from fieldlink.nf2vec.decoder import Decoder


def test_the_decoder_is_the_published_formula_of_the_joint_vector():
    torch.manual_seed(0)
    decoder = Decoder(embedding=5, octaves=3, width=11)
    v, points = torch.randn(2, 5), 1.3 * (torch.rand(2, 4, 3) - 0.5)
    joint = torch.cat([v[:, None].expand(-1, 4, -1), frequency((points + HALF) / (2 * HALF), 3)], dim=-1).double()
    w = {name: value.double() for name, value in decoder.state_dict().items()}

    def layer(name: str, x: torch.Tensor) -> torch.Tensor:
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    x = relu(layer("before.1", relu(layer("before.0", relu(layer("first", joint))))))
    x = x + relu(layer("skip", joint))
    out = layer("last", relu(layer("after.1", relu(layer("after.0", x)))))
    rgb, density = decoder(v, points)
    torch.testing.assert_close(rgb.double(), out[..., :3].sigmoid(), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(density.double(), (out[..., 3] - 1).exp(), atol=1e-5, rtol=1e-5)


def test_there_is_nothing_outside_the_box():
    decoder = Decoder(embedding=5, octaves=3, width=11)
    points = torch.tensor([[[0.0, 0, 0], [0.71, 0, 0], [0, -0.7, 0], [0, 0, 5]]])
    _, density = decoder(torch.randn(1, 5), points)
    assert (density[0, 0] > 0).all()
    assert (density[0, 1:] == 0).all()
