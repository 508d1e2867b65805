"""ShapeNetRenders: the camera against real silhouettes, and files that don't hold what they should."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from stages.errors import InputError
from stages.params import ObjectClass
from stages.scenes import cameras, disn, hull, pictures
from stages.scenes.views import Views

CLASSES = {"car": ObjectClass(synset="02958343", noun="a car"), "phone": ObjectClass(synset="04401088", noun="a phone")}
LINE = "[{azimuth},25.0,0,0.8,35,32,1.75,0.0,0.0,0.0], "
HALF = 0.5


def reprojected(carved: np.ndarray, views: Views) -> np.ndarray:
    """Masks of the hull's cells, by their centres: cells are smaller than pixels."""
    count, height, width, _ = views.image.shape
    points = hull.centres(len(carved), HALF, np.flatnonzero(carved))
    pixels, _ = cameras.project(points, views.camera_to_world, views.camera_angle_x, width, height)
    column, row = np.clip(pixels.astype(int), 0, [width - 1, height - 1]).transpose(2, 0, 1)
    masks = np.zeros((count, height, width), bool)
    masks[np.arange(count)[:, None], row, column] = True
    return masks


def write(folder: Path, lines: list[str]) -> Path:
    """A model's easy views with this metadata: a grey square in the middle of each."""
    easy = folder / "image/02958343/model/easy"
    easy.mkdir(parents=True)
    picture = np.zeros((8, 8, 4), np.uint8)
    picture[2:6, 2:6] = 255
    for number in range(len(lines)):
        (easy / f"{number:02d}.png").write_bytes(pictures.encode(picture))
    (easy / disn.METADATA).write_text("\n".join(lines))
    return easy


@pytest.fixture(scope="module")
def car(real: Path) -> Views:
    (found,) = disn.listing(real / "disn_sample", CLASSES).found
    assert (found.object_id, found.class_name) == ("1176dff7f0ec879719d740e0f6a9a113", "car")
    return disn.read(found.path, 36, 112)


def test_the_hull_of_the_real_car_reprojects_onto_its_silhouettes(car):
    carved = hull.carve(car, 128, HALF)
    masks, seen = car.image[..., 3] > 0, reprojected(carved, car)
    overlap = (masks & seen).sum(axis=(1, 2)) / (masks | seen).sum(axis=(1, 2))
    assert overlap.min() >= 0.85
    assert np.ptp(hull.bounds(carved, HALF), axis=0) == pytest.approx([0.88, 0.32, 0.38], abs=0.06)  # x, up, z


def test_a_mirrored_azimuth_leaves_little_of_the_car(car):
    mirrored = np.diag([1, 1, -1]).astype(np.float32) @ car.camera_to_world
    mirrored[:, :, 0] *= -1  # a rotation again
    wrong = hull.carve(Views(car.image, mirrored, car.camera_angle_x), 64, HALF)
    assert wrong.sum() < 0.6 * hull.carve(car, 64, HALF).sum()


def test_every_other_view_is_taken_if_half_are_wanted_and_none_is_enlarged(tmp_path):
    easy = write(tmp_path, [LINE.format(azimuth=20 * number) for number in range(18)])
    half, poses = disn.read(easy, 9, 64), disn.cameras_of(easy / disn.METADATA)[0]
    assert (half.camera_to_world == poses[::2]).all()
    assert half.image.shape == (9, 8, 8, 4)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[10,25.0,0,0.8,35,32,1.75,0.0,0.0], ", "9 fields, expected 10: azimuth"),
        ("[10,25.0,0,0.8,35,32,1.75,0.0,0.0,], ", "could not convert string to float"),
        ("[nan,25.0,0,0.8,35,32,1.75,0.0,0.0,0.0], ", "isn't finite"),
        ("[10,25.0,0,-0.8,35,32,1.75,0.0,0.0,0.0], ", "above 0"),
        ("[10,25.0,0,0.8,35,32,1.75,0.1,0.0,0.0], ", "hard set"),
    ],
)
def test_a_line_that_is_no_view_is_named(tmp_path, line, words):
    easy = write(tmp_path, [LINE.format(azimuth=0), line])
    with pytest.raises(InputError, match=f"rendering_metadata.txt: line 2: .*{words}"):
        disn.read(easy, 36, 64)


def test_missing_pictures_and_pictures_without_alpha_are_named(tmp_path):
    easy = write(tmp_path, [LINE.format(azimuth=0), LINE.format(azimuth=9)])
    (easy / "01.png").unlink()
    with pytest.raises(InputError, match=r"01\.png: missing, rendering_metadata.txt has 2 views"):
        disn.read(easy, 36, 64)
    for name in ("00.png", "01.png"):
        (easy / name).write_bytes(pictures.encode(np.full((8, 8, 3), 9, np.uint8)))
    with pytest.raises(InputError, match="views without transparency"):
        disn.read(easy, 36, 64)


def test_a_model_in_two_classes_is_dropped_and_an_unknown_synset_is_an_error(tmp_path):
    write(tmp_path, [LINE.format(azimuth=0)])
    shutil.copytree(tmp_path / "image/02958343", tmp_path / "image/04401088")
    listing = disn.listing(tmp_path, CLASSES)
    assert listing.found == []
    assert listing.duplicates == {"model": "in 2 classes: 02958343, 04401088"}
    (tmp_path / "image/04401088").rename(tmp_path / "image/99999999")
    with pytest.raises(InputError, match=r"99999999: no synset of params\.yaml"):
        disn.listing(tmp_path, CLASSES)
