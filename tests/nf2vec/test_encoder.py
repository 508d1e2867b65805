import pytest
import torch
from torch import nn

from fieldlink.core.params import FieldParams, Nf2vecParams
from fieldlink.nf2vec.encoder import Encoder
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.nf2vec.weight_rows import row_count


@pytest.fixture
def encoder() -> Encoder:
    torch.manual_seed(0)
    encoder = Encoder(units=8, hidden=(16, 12), embedding=10)
    for module in encoder.modules():
        if isinstance(module, nn.BatchNorm1d):  # as after a training
            assert module.running_mean is not None
            assert module.running_var is not None
            nn.init.normal_(module.running_mean)
            nn.init.uniform_(module.running_var, 0.5, 2)
    return encoder


@pytest.mark.parametrize("training", [True, False])
def test_the_order_of_the_rows_does_not_matter(encoder: Encoder, training: bool):
    rows = torch.randn(4, 30, 8)
    encoder.train(training)
    torch.testing.assert_close(encoder(rows[:, torch.randperm(30)]), encoder(rows), atol=1e-6, rtol=1e-6)


def test_a_batch_is_its_single_embeddings_stacked(encoder: Encoder):
    rows = torch.randn(5, 30, 8)
    singles = torch.cat([encoder.eval()(row[None]) for row in rows])
    torch.testing.assert_close(encoder(rows), singles, atol=1e-6, rtol=1e-6)


def test_a_row_is_normalised_by_the_statistics_of_all_rows_of_the_batch(encoder: Encoder):
    rows = torch.randn(3, 7, 8)
    linear, batch_norm = encoder.layers[0], encoder.layers[1]
    before = linear(rows).flatten(0, 1).double()
    expected = (before - before.mean(0)) / (before.var(0, correction=0) + batch_norm.eps).sqrt()
    torch.testing.assert_close(batch_norm.train()(before.float()), expected.float(), atol=1e-5, rtol=1e-5)


def test_an_embedding_is_the_maximum_over_single_rows(encoder: Encoder):
    rows = torch.randn(2, 9, 8)
    alone = encoder.eval()(rows.reshape(18, 1, 8)).reshape(2, 9, 10)
    torch.testing.assert_close(encoder(rows), alone.amax(1), atol=1e-6, rtol=1e-6)


def test_places_tell_rows_apart_by_a_vector_of_each_that_the_first_layer_adds():
    """What `row_embedding` adds."""
    with_places = Encoder(units=8, hidden=(16, 12), embedding=10, places=5).eval()
    rows = torch.randn(3, 5, 8)
    swapped = rows[:, [1, 0, 2, 3, 4]]
    assert not torch.allclose(with_places(rows), with_places(swapped))
    assert with_places.places is not None
    by_hand = [with_places.layers[0](rows[:, index]) + with_places.places[index] for index in range(5)]
    expected = torch.stack([with_places.layers[1:](row) for row in by_hand]).amax(0)
    torch.testing.assert_close(with_places(rows), expected)
    with torch.no_grad():
        with_places.places.zero_()
    torch.testing.assert_close(with_places(rows), with_places(swapped))


@pytest.mark.parametrize("row_embedding", [True, False])
def test_the_parameter_decides_whether_the_encoder_is_told_which_row_it_reads(
    row_embedding: bool, nf2vec_params: Nf2vecParams, architecture: FieldParams
):
    params = nf2vec_params.model_copy(update={"row_embedding": row_embedding})
    places = Nf2vecModel(params, architecture, seed=0).encoder.places
    assert (places is not None) == row_embedding
    assert places is None or places.shape == (row_count(architecture), params.encoder[0])


def test_without_hidden_layers_every_row_is_mapped_by_itself_also_where_its_place_counts():
    encoder, rows = Encoder(units=8, hidden=(), embedding=10, places=30), torch.randn(4, 30, 8)
    assert encoder.places is not None
    expected = (encoder.last(rows) + encoder.places).amax(dim=1)
    torch.testing.assert_close(encoder(rows), expected)
