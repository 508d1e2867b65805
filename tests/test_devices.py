"""Nothing that meets a tensor of a GPU stays on the CPU: tried with tensors that have a device but no numbers.

Where there is a GPU, its numbers are compared with the processor's too.
"""

import dataclasses

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from fieldlink.clip import encoders
from fieldlink.core.params import FieldParams, NerfParams, Params
from fieldlink.core.params.nerf import HashGridParams
from fieldlink.finetuning.finetune import finetune
from fieldlink.finetuning.finetuned_embedding import embed_nerfs
from fieldlink.finetuning.finetuning_tasks import EmbeddingTask, FinetunedVectors, FinetuningTask, NerfExamples
from fieldlink.mapper.mapper_tasks import MapperRun as Mapped
from fieldlink.mapper.mapper_tasks import MapperTask
from fieldlink.mapper.mapper_training import train_many
from fieldlink.mapper.mlps import Mappers
from fieldlink.mapper.model_losses import ModelLosses
from fieldlink.mapper.pairs import Pairs
from fieldlink.nerf import field, weight_layout
from fieldlink.nerf.compositing import composite
from fieldlink.nerf.fitting import batch_fitting, optimisation, ray_batches
from fieldlink.nerf.occupancy import unpack
from fieldlink.nerf.radiance_targets import radiance
from fieldlink.nerf.rendering import Camera, render
from fieldlink.nerf.sampling import lookup
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.scenes import cameras, catalogue, ray_casting
from fieldlink.scenes.views import Views

pytestmark = pytest.mark.thesis

GRID = HashGridParams(levels=2, log2_table=6, features=2, coarsest=2, growth=2.0)


@pytest.fixture(params=["frequency", "hash"])
def architecture(request: pytest.FixtureRequest) -> FieldParams:
    return FieldParams(encoding=request.param, octaves=3, hash=GRID, units=8, hidden_layers=2, outputs=6)


@pytest.fixture
def fake():
    with FakeTensorMode():
        yield


@pytest.mark.usefixtures("fake")
def test_a_field_is_evaluated_and_composited_where_its_weights_are(architecture):
    weights = torch.empty(2, weight_layout.size(architecture), device="cuda")
    rgb, density = field.evaluate(weights, torch.empty(2, 12, 3, device="cuda"), architecture)
    along = torch.empty(2, 12, device="cuda")
    colour, opacity = composite(rgb, density, along, along)
    assert {part.device.type for part in (colour, opacity)} == {"cuda"}
    cells = torch.empty(4, 4, 4, dtype=torch.bool, device="cuda")
    assert lookup(cells, torch.empty(5, 3, device="cuda")).device.type == "cuda"


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize("layout", ["official", "per_input"])
def test_nf2vec_embeds_and_decodes_where_its_weights_are(architecture, params: Params, layout):
    small = {"encoder": (8,), "embedding": 6, "decoder": 8, "layout": layout}
    with torch.device("cuda"):
        model = Nf2vecModel(params.nf2vec.model_copy(update=small), architecture, seed=0)
    vector = model.embed(torch.empty(3, weight_layout.size(architecture), device="cuda"))
    rgb, density = model.decoder(vector, torch.empty(3, 5, 3, device="cuda"))
    assert radiance(rgb, density).device.type == "cuda"


@pytest.mark.usefixtures("fake")
def test_mappers_and_their_losses_stay_where_they_are():
    with torch.device("cuda"):
        mappers, losses = Mappers([4, 6, 5], [0, 1, 2, 3]), ModelLosses(["cosine", "siglip", "softmax", "mse"])
    results = losses(mappers(torch.empty(4, 7, 4, device="cuda")), torch.empty(4, 7, 5, device="cuda"))
    assert results.device.type == "cuda"


gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA GPU")


@pytest.fixture
def short(params: Params) -> NerfParams:
    """A fit of two objects of the catalogue in a second."""
    fit = params.nerf.fitting.model_copy(update={"steps": 40, "rays": 512})
    field_ = params.nerf.field.model_copy(update={"octaves": 12, "units": 64})
    return params.nerf.model_copy(update={"fitting": fit, "field": field_})


@pytest.fixture
def posed(params: Params) -> list[Views]:
    models = (catalogue.make(name, params.classes[name].noun, seed=5).model for name in ("car", "chair"))
    return [ray_casting.render(model, cameras.disn_poses(1), cameras.DISN_ANGLE, 48) for model in models]


def on_gpu(batch: ray_batches.RayBatch) -> ray_batches.RayBatch:
    return ray_batches.RayBatch(*(getattr(batch, part.name).cuda() for part in dataclasses.fields(batch)))


@gpu
def test_the_same_rays_lead_to_the_same_weights_on_both_devices(posed, short, monkeypatch):
    """Random numbers differ between devices, so the GPU is given the processor's. Rounding grows from step to step."""
    start = field.xavier(short.field, 0)
    objects = [optimisation.fitting_inputs(views, short, "cpu") for views in posed]
    expected, _ = optimisation.optimise(objects, start, short, [1, 2])
    batches = list(ray_batches.ray_batches(objects, short, [1, 2]))
    monkeypatch.setattr(optimisation, "ray_batches", lambda *_: map(on_gpu, batches))
    results, failed = optimisation.optimise(objects, start.cuda(), short, [1, 2])
    assert failed.tolist() == [short.fitting.steps] * 2
    moved = (expected - start).norm()
    assert (results.cpu() - expected).norm() < 0.02 * moved


@gpu
def test_a_fit_on_a_gpu_is_as_good_as_on_the_processor_and_repeats_itself(posed, short):
    start = field.xavier(short.field, 0).numpy()
    fits = {at: batch_fitting.fit_batch(posed, start, short, [1, 2], at) for at in ("cpu", "cuda")}
    again = batch_fitting.fit_batch(posed, start, short, [1, 2], "cuda")
    for here, there, repeated in zip(fits["cpu"], fits["cuda"], again, strict=True):
        assert isinstance(here, optimisation.Fit)
        assert isinstance(there, optimisation.Fit)
        assert isinstance(repeated, optimisation.Fit)
        assert there.psnr_heldout == pytest.approx(here.psnr_heldout, abs=0.5)
        assert np.array_equal(there.weights, repeated.weights)
        assert there.occupancy == repeated.occupancy


@gpu
def test_a_step_as_a_graph_is_the_step(posed, short, monkeypatch):
    start = field.xavier(short.field, 0)
    objects = [optimisation.fitting_inputs(views, short, "cuda") for views in posed]
    captured, _ = optimisation.optimise(objects, start.cuda(), short, [1, 2])
    monkeypatch.setattr(optimisation, "GRAPH_POINTS", 0)
    plain, _ = optimisation.optimise(objects, start.cuda(), short, [1, 2])
    assert (captured - plain).norm() < 0.02 * (plain - start.cuda()).norm()


@gpu
def test_a_nerf_looks_the_same_on_both_devices(posed, short):
    (fit,) = batch_fitting.fit_batch(posed[:1], field.xavier(short.field, 0).numpy(), short, [1], "cpu")
    assert isinstance(fit, optimisation.Fit)
    weights, grid, seen = torch.from_numpy(fit.weights), unpack(fit.occupancy), posed[0]
    camera = Camera(seen.camera_angle_x, 48, 48)
    here, there = (
        render(weights.to(at), grid.to(at), seen.camera_to_world, camera, short.rendering, short.field)[0].cpu()
        for at in ("cpu", "cuda")
    )
    assert (here - there).square().mean().sqrt() < 1e-3  # a ray may stop some samples later: 1e-4 of its light


@gpu
def test_pictures_are_embedded_alike_on_both_devices(tiny_clip, posed):
    shown = list(posed[0].image[:4, ..., :3])
    here, there = (encoders.load(tiny_clip, at).images(shown, 4) for at in ("cpu", "cuda"))
    np.testing.assert_allclose(there, here, atol=1e-3 * np.abs(here).max())


@gpu
def test_mappers_are_trained_alike_on_both_devices(params):
    random = np.random.default_rng(0)
    train, validation = (
        Pairs.of_means(random.normal(size=(count, 24)).astype("f"), random.normal(size=(2, count, 16)).astype("f"))
        for count in (90, 30)
    )
    models = [Mapped(loss, loss, 0, clip_set) for loss in ("cosine", "siglip", "softmax", "mse") for clip_set in (0, 1)]
    mapper_params = params.mapper.model_copy(update={"epochs": 6, "hidden": (24, 40), "validate_every": 2})
    here, there = (
        train_many(MapperTask("nerf2clip", models, train, validation, mapper_params, 0, at)) for at in ("cpu", "cuda")
    )
    np.testing.assert_allclose(there.history.validation_loss, here.history.validation_loss, rtol=1e-3)


@gpu
def test_what_is_fine_tuned_embeds_alike_on_both_devices(params):
    architecture = FieldParams(encoding="frequency", octaves=3, units=8, hidden_layers=2, outputs=6)
    random = np.random.default_rng(0)
    small = params.nf2vec.model_copy(update={"encoder": (16,), "embedding": 8, "decoder": 8})
    model = Nf2vecModel(small, architecture, seed=0)
    weights = random.normal(size=(9, weight_layout.size(architecture))).astype("f")
    examples = NerfExamples(
        weights, [np.packbits(np.ones(64, bool)).tobytes()] * 9, random.normal(size=(9, 6)).astype("f")
    )
    nf2vec, mapper = (model.tensors, model.config), Mappers([8, 9, 6], [0]).tensors()
    finetuning = params.finetuning.model_copy(update={"epochs": 1, "mapping_batch": 3})

    def embedded(device: str) -> FinetunedVectors:
        task = FinetuningTask("siglip", 0, nf2vec, mapper, examples, examples, finetuning, 0, device)
        run = finetune(task)
        return embed_nerfs(
            EmbeddingTask(run.nf2vec, run.mapper.tensors, weights, weights, examples.occupancy, 0, device)
        )

    here, there = embedded("cpu"), embedded("cuda")
    np.testing.assert_allclose(there.embeddings, here.embeddings, atol=1e-3 * np.abs(here.embeddings).max())
    np.testing.assert_allclose(there.mapped, here.mapped, atol=1e-3 * np.abs(here.mapped).max())
