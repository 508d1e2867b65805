"""Nothing that meets a tensor of a GPU stays on the CPU: tried with tensors that have a device but no numbers."""

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from stages.mapper.losses import Losses
from stages.mapper.networks import Mappers
from stages.nerf import field
from stages.nerf.marching import composite, lookup
from stages.nf2vec.model import Model
from stages.nf2vec.supervision import radiance
from stages.params import Architecture, HashGrid, Params

pytestmark = pytest.mark.thesis

GRID = HashGrid(levels=2, log2_table=6, features=2, coarsest=2, growth=2.0)


@pytest.fixture(params=["frequency", "hash"])
def architecture(request: pytest.FixtureRequest) -> Architecture:
    return Architecture(encoding=request.param, octaves=3, hash=GRID, units=8, hidden_layers=2, outputs=6)


@pytest.fixture
def fake():
    with FakeTensorMode():
        yield


@pytest.mark.usefixtures("fake")
def test_a_field_is_evaluated_and_composited_where_its_weights_are(architecture):
    weights = torch.empty(2, field.size(architecture), device="cuda")
    rgb, density = field.evaluate(weights, torch.empty(2, 12, 3, device="cuda"), architecture)
    along = torch.empty(2, 12, device="cuda")
    colour, opacity = composite(rgb, density, along, along)
    assert {part.device.type for part in (colour, opacity)} == {"cuda"}
    cells = torch.empty(4, 4, 4, dtype=torch.bool, device="cuda")
    assert lookup(cells, torch.empty(5, 3, device="cuda")).device.type == "cuda"


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize("layout", ["official", "per_input"])
def test_nf2vec_embeds_and_decodes_where_its_weights_are(architecture, params: Params, layout):
    sizes = {"encoder": (8,), "embedding": 6, "decoder": 8, "layout": layout}
    with torch.device("cuda"):
        model = Model(params.nf2vec.model_copy(update=sizes), architecture, seed=0)
    vector = model.embed(torch.empty(3, field.size(architecture), device="cuda"))
    rgb, density = model.decoder(vector, torch.empty(3, 5, 3, device="cuda"))
    assert radiance(rgb, density).device.type == "cuda"


@pytest.mark.usefixtures("fake")
def test_mappers_and_their_losses_stay_where_they_are():
    with torch.device("cuda"):
        mappers, losses = Mappers([4, 6, 5], [0, 1, 2, 3]), Losses(["cosine", "siglip", "softmax", "mse"])
    found = losses(mappers(torch.empty(4, 7, 4, device="cuda")), torch.empty(4, 7, 5, device="cuda"))
    assert found.device.type == "cuda"
