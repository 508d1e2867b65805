import pytest
import torch

from fieldlink.core.params import FieldParams
from fieldlink.core.params.nerf import HashGridParams
from fieldlink.nerf.weight_layout import size
from fieldlink.nf2vec.weight_rows import rows

TINY = FieldParams(encoding="frequency", octaves=2, units=6, hidden_layers=2, outputs=4)
# layers (6, 12), (6, 6), (4, 6): numbers 0-71, 72-107, 108-131


def counted(architecture: FieldParams) -> torch.Tensor:
    return torch.arange(size(architecture), dtype=torch.float32)[None]


def test_official_rows_are_the_flat_vector_cut_to_the_width_of_a_layer():
    (layer_rows,) = rows(counted(TINY), TINY, "official").tolist()
    assert layer_rows[0] == [0, 1, 2, 3, 4, 5]  # first half of the first neuron's incoming weights
    assert layer_rows[1] == [6, 7, 8, 9, 10, 11]  # second half
    assert layer_rows[12] == [72, 73, 74, 75, 76, 77]  # incoming weights of a neuron of the second layer
    assert layer_rows[21] == [126, 127, 128, 129, 130, 131]  # the last output
    assert layer_rows[22:] == [[0] * 6] * 2  # fill the output layer to six rows


def test_per_input_rows_hold_what_leaves_an_encoded_input():
    (layer_rows,) = rows(counted(TINY), TINY, "per_input").tolist()
    assert layer_rows[0] == [0, 12, 24, 36, 48, 60]
    assert layer_rows[11] == [11, 23, 35, 47, 59, 71]
    assert layer_rows[12:] == rows(counted(TINY), TINY, "official")[0, 12:].tolist()


def test_the_published_architecture_gives_336_rows_of_which_48_are_zero():
    published = FieldParams(encoding="frequency", octaves=24, units=64, hidden_layers=3, outputs=16)
    layer_rows = rows(counted(published) + 1, published, "official")
    assert layer_rows.shape == (1, 336, 64)
    assert (layer_rows[0, -48:] == 0).all()
    assert (layer_rows[0, :-48] > 0).all()


def test_an_output_layer_wider_than_the_others_needs_no_filling():
    narrow = FieldParams(encoding="frequency", octaves=1, units=3, hidden_layers=1, outputs=5)
    assert rows(counted(narrow), narrow, "official").shape == (1, 6 + 5, 3)


GRID = HashGridParams(levels=2, log2_table=5, features=2, coarsest=1, growth=3.0)  # 8 and 32 entries
HASHED = FieldParams(encoding="hash", octaves=2, hash=GRID, units=6, hidden_layers=2, outputs=4)


@pytest.mark.thesis
def test_the_table_of_a_hash_grid_fills_rows_behind_those_of_the_layers():
    table = counted(HASHED)[0, -80:]
    for layout in ("official", "per_input"):
        layer_rows = rows(counted(HASHED), HASHED, layout)[0]
        assert layer_rows.shape == (
            4 + 6 + 6 + 14,
            6,
        )  # the layers' rows, filled to a square; 80 numbers and four zeros
        entries = layer_rows[16:].flatten()[:80]
        assert torch.equal(entries, table if layout == "official" else torch.cat([table[::2], table[1::2]]))
        assert layer_rows[16:].flatten()[80:].eq(0).all()
    assert torch.equal(rows(counted(HASHED), HASHED, "per_input")[0, 0], counted(HASHED)[0, :24].view(6, 4)[:, 0])
