"""Models are checked, normalised and moved without losing their colours."""

import pickle
from dataclasses import dataclass

import numpy as np
import pytest
from scenes.uniform_albedo import UniformAlbedo

from fieldlink.core.errors import InputError
from fieldlink.scenes.meshes import Mesh, checked, normalised, transformed

TRIANGLE = np.array([[0, 0, 0], [3, 0, 0], [0, 4, 0]], np.float32)
FACE = np.array([[0, 1, 2]])
WHITE = UniformAlbedo((1.0, 1.0, 1.0))


@dataclass(frozen=True)
class Where:
    """The colour is the place: what an albedo that was made in the object's own frame must go on seeing."""

    def __call__(self, points, face):
        return points


def test_normalised_has_unit_diagonal_is_centred_and_keeps_colours_on_their_surface():
    model = normalised(Mesh(TRIANGLE + 7, FACE, Where()))
    low, high = model.vertices.min(axis=0), model.vertices.max(axis=0)
    assert np.linalg.norm(high - low) == pytest.approx(1, abs=1e-6)
    assert low + high == pytest.approx(np.zeros(3), abs=1e-6)
    assert model.albedo(model.vertices, np.zeros(3, int)) == pytest.approx(TRIANGLE + 7, abs=1e-5)


def test_two_motions_in_a_row_are_undone_in_turn():
    stretch = np.array([[2.0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 3, -1]])
    turn = np.array([[0.0, 0, 1, 0], [0, 1, 0, 2], [-1, 0, 0, 0]])
    model = transformed(transformed(Mesh(TRIANGLE, FACE, Where()), stretch), turn)
    assert model.vertices[1] == pytest.approx([-1, 2, -7])  # (3, 0, 0) -> (7, 0, -1) -> (-1, 2, -7)
    assert model.albedo(model.vertices, np.zeros(3, int)) == pytest.approx(TRIANGLE, abs=1e-5)


def test_a_model_survives_pickling():
    model = pickle.loads(pickle.dumps(normalised(Mesh(TRIANGLE, FACE, WHITE))))
    assert (model.albedo(model.vertices, np.zeros(3, int)) == 1).all()


@pytest.mark.parametrize(
    ("vertices", "faces", "reason"),
    [
        (TRIANGLE, np.zeros((0, 3), int), "without faces"),
        (np.where(TRIANGLE == 3, np.nan, TRIANGLE), FACE, "NaN"),
        (TRIANGLE * [1, 0, 0], FACE, "area"),
        (np.zeros((3, 3)), FACE, "area"),
        (TRIANGLE, FACE + 1, "0 to 2"),
    ],
)
def test_a_mesh_that_shows_nothing_is_an_error_that_names_it(vertices, faces, reason):
    with pytest.raises(InputError, match=f"sofa.obj: .*{reason}"):
        checked(Mesh(vertices.astype(np.float32), faces, WHITE), "sofa.obj")


def test_a_sound_mesh_passes_unchanged():
    model = Mesh(TRIANGLE, FACE, WHITE)
    assert checked(model, "x") is model
