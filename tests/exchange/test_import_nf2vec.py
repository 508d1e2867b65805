"""An official nf2vec checkpoint gives the embeddings and fields that the official network gives."""

from pathlib import Path

import numpy as np
import pytest
import torch
from exchange.folders import FIELD
from exchange.networks import CHANGES, EMBEDDING, UNITS, WIDTH, OfficialDecoder, OfficialEncoder, saved

from fieldlink.commands.import_nf2vec import import_nf2vec
from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.params import load
from fieldlink.core.schemas import NERF_EMBEDDINGS, NERFS, TRAINING_CURVES
from fieldlink.exchange import nf2vec_checkpoint
from fieldlink.nerf.encodings.frequency import frequency
from fieldlink.nerf.field import unit
from fieldlink.nerf.weight_layout import size
from fieldlink.nf2vec.imported_model import imported_model
from fieldlink.nf2vec.model import Nf2vecModel
from stages.backbone.embed_nerfs import embed_nerfs
from stages.backbone.train_nf2vec import train_nf2vec

pytestmark = pytest.mark.thesis


@pytest.fixture(scope="module")
def official() -> tuple[OfficialEncoder, OfficialDecoder]:
    torch.manual_seed(3)
    encoder, decoder = OfficialEncoder(), OfficialDecoder()
    encoder.train()(torch.randn(6, 30, UNITS))  # statistics of their own
    return encoder.eval(), decoder.eval()


@pytest.fixture(scope="module")
def imported(official, small, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("nf2vec")
    import_nf2vec(saved(folder / "500.pt", *official), folder / "nf2vec", small(nf2vec=CHANGES))
    return folder / "nf2vec"


@torch.no_grad()
def test_embeddings_and_fields_are_those_of_the_official_network(official, imported):
    encoder, decoder = official
    model = Nf2vecModel.read(imported)
    weights = torch.randn(5, size(FIELD))
    padded = torch.cat([weights, torch.zeros(5, (UNITS - FIELD.outputs) * UNITS)], dim=1).reshape(5, -1, UNITS)
    assert torch.allclose(model.embed(weights), encoder(padded), atol=1e-6)
    vectors, points = torch.randn(2, EMBEDDING), torch.rand(2, 7, 3) * 1.2 - 0.6
    encoded = frequency(unit(points), FIELD.octaves)
    out = decoder(torch.cat([vectors[:, None].expand(-1, 7, -1), encoded], dim=-1))
    rgb, density = model.decoder(vectors, points)
    assert torch.allclose(rgb, out[..., :3].sigmoid(), atol=1e-5)
    assert torch.allclose(density, (out[..., 3] - 1).exp(), rtol=1e-4)


def test_a_study_starts_at_embed_nerfs_with_an_imported_nf2vec(tmp_path, small, official, imported):
    params = small(nf2vec=CHANGES, imported={"nf2vec": imported})
    no_data = tmp_path / "no_objects", tmp_path / "no_nerfs", tmp_path / "no_views"
    train_nf2vec(*no_data, tmp_path / "nf2vec", tmp_path / "curves", params)
    assert len(datasets.read(tmp_path / "curves", TRAINING_CURVES)) == 0
    weights = np.random.default_rng(0).normal(size=(3, size(FIELD))).astype(np.float32)
    columns = {name: [20.0] * 3 for name in NERFS.columns if name.startswith("psnr")}
    columns |= {"object_id": list("abc"), "weights": weights, "occupancy": [b"\0"] * 3}
    datasets.write(tmp_path / "nerfs", NERFS, [datasets.table(NERFS, columns)], "test")
    embed_nerfs(tmp_path / "nerfs", tmp_path / "nf2vec", tmp_path / "embeddings")
    embeddings = datasets.matrix(datasets.read(tmp_path / "embeddings", NERF_EMBEDDINGS)["embedding"])
    padded = np.pad(weights, ((0, 0), (0, (UNITS - FIELD.outputs) * UNITS))).reshape(3, -1, UNITS)
    with torch.no_grad():
        assert embeddings == pytest.approx(official[0](torch.from_numpy(padded)).numpy(), abs=1e-6)
    other = small(nf2vec=CHANGES | {"decoder": WIDTH + 1}, imported={"nf2vec": imported})
    with pytest.raises(InputError, match=r"'decoder': 24.*nf2vec and nerf.field say .*'decoder': 25"):
        train_nf2vec(tmp_path / "no", tmp_path / "no", tmp_path / "no", tmp_path / "out", tmp_path / "curves", other)


def test_the_section_of_an_encoding_that_no_field_has_makes_no_difference(small, imported):
    params = load(small(nf2vec=CHANGES))
    without = params.nerf.field.model_copy(update={"hash": None})
    assert imported_model(imported, params.nf2vec, without).architecture == without
    frequencies = params.nerf.field.model_copy(update={"octaves": params.nerf.field.octaves + 1})  # the decoder's too
    with pytest.raises(InputError, match="'octaves'"):
        imported_model(imported, params.nf2vec, frequencies)


def test_a_checkpoint_of_other_layers_or_none_is_an_error_that_names_the_first(tmp_path, small, official):
    encoder, decoder = (
        {f"{part}/{n}": v.numpy() for n, v in m.state_dict().items()}
        for part, m in zip(("encoder", "decoder"), official, strict=True)
    )
    params = load(small(nf2vec=CHANGES))
    nf2vec_params, architecture = params.nf2vec, params.nerf.field
    with pytest.raises(InputError, match="no decoder: the file has encoder"):
        nf2vec_checkpoint.model_of(encoder, nf2vec_params, architecture)
    wider = nf2vec_params.model_copy(update={"decoder": 28})
    with pytest.raises(InputError, match=r"layers differ .* decoder\..* is \(24.*expected \(28"):
        nf2vec_checkpoint.model_of(encoder | decoder, wider, architecture)
    (tmp_path / "500.pt").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"500\.pt: not tensors alone: no checkpoint of torch"):
        import_nf2vec(tmp_path / "500.pt", tmp_path / "out", small(nf2vec=CHANGES))
    assert not (tmp_path / "out").exists()
