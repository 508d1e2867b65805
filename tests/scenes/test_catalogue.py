"""Every class of the catalogue: sound models, the same for the same seed, described in words."""

import pickle

import numpy as np
import pytest

from fieldlink.core.errors import InputError
from fieldlink.scenes import cameras, catalogue
from fieldlink.scenes.catalogue.parts import ball, blade, box, hull, lathe, mirrored, rod
from fieldlink.scenes.catalogue.textures import PALETTE
from fieldlink.scenes.meshes import checked, face_normals
from fieldlink.scenes.ray_casting import render

CLASSES = list(catalogue.GENERATORS)


def volume(solid):
    """Signed, by the divergence theorem: right only for closed meshes whose faces look outwards."""
    corners = solid[0][solid[1]]
    return np.einsum("fi,fi->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6


def test_the_catalogue_has_the_classes_of_the_parameters(params):
    assert set(params.classes) == set(CLASSES)


@pytest.mark.parametrize(
    ("solid", "expected"),
    [
        (box((0, 2), (1, 4), (-1, 4)), 30.0),
        (box((-1, 1), (0, 3), (-1, 1), taper=0.0, lean=2.0), 4.0),  # a pyramid, sheared
        (rod((0, 0, 0), (0, 0, 5), 2.0, sides=4), 40.0),  # a square of diagonal 4
        (rod((1, 2, 3), (4, -2, 3), 1.0, sides=400), 5 * np.pi),
        (lathe([(3.0, 0.0), (0.0, 4.0)], at=(7.0, 8.0), sides=400), 12 * np.pi),
        (ball((1, 2, 3), (1, 2, 3), sides=200), 8 * np.pi),
        (hull([(0, -1, 1, 2), (3, -1, 1, 2)]), 24.0),
        (hull([(0, -1, 1, 2), (3, -1, 1, 2)], floor=0.0), 12.0),
        (blade([(0, 0, 0), (2, 0, 0), (2, 3, 0), (0, 3, 0)], 0.5), 3.0),
        (mirrored(box((0, 2), (1, 4), (-1, 4))), 30.0),
    ],
)
def test_solids_are_closed_look_outwards_and_have_their_volume(solid, expected):
    assert abs(volume(solid)) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("name", CLASSES)
def test_every_object_is_a_small_sound_normalised_mesh(name):
    for seed in range(12):
        model = checked(catalogue.make(name, "a thing", seed).model, name)
        low, high = model.vertices.min(axis=0), model.vertices.max(axis=0)
        assert np.linalg.norm(high - low) == pytest.approx(1, abs=1e-5)
        assert low + high == pytest.approx(np.zeros(3), abs=1e-5)
        assert 10 <= len(model.faces) <= 3000
        centroids = model.vertices[model.faces].mean(axis=1)
        colours = model.albedo(centroids, np.arange(len(model.faces)))
        assert np.isfinite(face_normals(model.vertices[model.faces].astype(np.float64))).all()
        assert ((colours >= 0) & (colours <= 1)).all()


@pytest.mark.parametrize("name", CLASSES)
def test_the_same_seed_makes_the_same_bytes_and_another_seed_another_object(name):
    once, again, other = (catalogue.make(name, "a thing", seed) for seed in (5, 5, 6))
    assert pickle.dumps(once) == pickle.dumps(again)
    assert pickle.dumps(once.model) != pickle.dumps(other.model)


def test_an_object_can_be_seen_after_a_trip_to_another_process():
    made = catalogue.make("lamp", "a lamp", 3)
    poses = cameras.disn_poses(0, views=2)
    here, there = (render(m, poses, 0.8, 16).image for m in (made.model, pickle.loads(pickle.dumps(made.model))))
    assert (here == there).all()
    assert here[..., 3].any()


def test_captions_name_the_colour_and_say_the_noun_of_the_parameters():
    for seed in range(20):
        words = catalogue.make("rifle", "a gun", seed).caption
        assert " gun" in words
        assert "rifle" not in words
        assert any(colour in words for colour in PALETTE)
        assert words.startswith(("a ", "an "))


def test_a_class_without_generator_is_an_error_that_lists_the_classes():
    with pytest.raises(InputError, match=r"classes\.spoon: .*airplane, bench"):
        catalogue.make("spoon", "a spoon", 0)
