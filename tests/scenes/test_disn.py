"""ShapeNetRenders: the camera against real silhouettes, and files that don't hold what they should."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fieldlink.core.errors import InputError
from fieldlink.core.params import ObjectClass
from fieldlink.scenes import cameras, pictures, visual_hull
from fieldlink.scenes.importers import disn
from fieldlink.scenes.views import Views, depth_of_shapenet_map, shapenet_depth_map

CLASSES = {"car": ObjectClass(synset="02958343", noun="a car"), "phone": ObjectClass(synset="04401088", noun="a phone")}
LINE = "[{azimuth},25.0,0,0.8,35,32,1.75,0.0,0.0,0.0], "
HALF = 0.5


def reprojected(carved: np.ndarray, views: Views) -> np.ndarray:
    """Masks of the hull's cells, by their centres: cells are smaller than pixels."""
    count, height, width, _ = views.image.shape
    points = visual_hull.centres(len(carved), HALF, np.flatnonzero(carved))
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
    (item,) = disn.listing(real / "disn_sample", CLASSES).items
    assert (item.object_id, item.class_name) == ("1176dff7f0ec879719d740e0f6a9a113", "car")
    return disn.read(item.path, 36, 112)


def test_the_hull_of_the_real_car_reprojects_onto_its_silhouettes(car):
    carved = visual_hull.carve(car, 128, HALF)
    masks, seen = car.image[..., 3] > 0, reprojected(carved, car)
    overlap = (masks & seen).sum(axis=(1, 2)) / (masks | seen).sum(axis=(1, 2))
    assert overlap.min() >= 0.85
    assert np.ptp(visual_hull.bounds(carved, HALF), axis=0) == pytest.approx([0.88, 0.32, 0.38], abs=0.06)  # x, up, z


def test_a_mirrored_azimuth_leaves_little_of_the_car(car):
    mirrored = np.diag([1, 1, -1]).astype(np.float32) @ car.camera_to_world
    mirrored[:, :, 0] *= -1  # a rotation again
    wrong = visual_hull.carve(Views(car.image, mirrored, car.camera_angle_x), 64, HALF)
    assert wrong.sum() < 0.6 * visual_hull.carve(car, 64, HALF).sum()


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


def test_a_model_whose_metadata_or_folder_cant_be_read_is_set_aside_by_name(tmp_path):
    easy = write(tmp_path, [LINE.format(azimuth=0)])
    for name in ("fifo", "file"):
        shutil.copytree(easy.parent, easy.parent.with_name(name))
    (fifo, file) = (easy.parent.with_name(name) / "easy" for name in ("fifo", "file"))
    (fifo / disn.METADATA).unlink()
    os.mkfifo(fifo / disn.METADATA)
    shutil.rmtree(file)
    file.write_text("no folder")
    listing = disn.listing(tmp_path, CLASSES)
    assert [item.object_id for item in listing.items] == ["model"]
    assert listing.rejected == {
        "fifo": f"{fifo / disn.METADATA}: a FIFO, expected a file",
        "file": f"{file}: a file, expected a folder of views",
    }


def test_models_without_easy_views_are_counted(tmp_path):
    easy = write(tmp_path, [LINE.format(azimuth=0)])
    shutil.copytree(easy, easy.parents[1] / "other/hard")
    listing = disn.listing(tmp_path, CLASSES)
    assert [item.object_id for item in listing.items] == ["model"]
    assert listing.other_files == {"models without easy": 1}


def test_a_model_in_two_classes_is_dropped_and_unknown_synsets_alone_are_an_error(tmp_path):
    write(tmp_path, [LINE.format(azimuth=0)])
    shutil.copytree(tmp_path / "image/02958343", tmp_path / "image/04401088")
    listing = disn.listing(tmp_path, CLASSES)
    assert listing.items == []
    assert listing.duplicates == {"model": "in 2 classes: 02958343, 04401088"}
    (tmp_path / "image/04401088").rename(tmp_path / "image/99999999")
    assert [item.object_id for item in disn.listing(tmp_path, CLASSES).items] == ["model"]
    shutil.rmtree(tmp_path / "image/02958343")
    with pytest.raises(InputError, match=r"99999999: no synset of params\.yaml"):
        disn.listing(tmp_path, CLASSES)


@pytest.mark.thesis
def test_the_real_depth_maps_are_z_depth_points_of_the_car_in_every_other_silhouette(real):
    (item,) = disn.listing(real / "disn_sample", CLASSES).items
    car = disn.read(item.path, 36, 224)
    assert car.depth is not None
    assert ((car.depth > 0) == (car.image[..., 3] > 0)).all()
    near = (car.image[..., 3] == 255) & (car.depth < 1.41)
    chosen = [view for view in range(0, 36, 4) if near[view].sum() > 500]  # many stand so far off that all is white
    assert len(chosen) >= 4
    points = np.concatenate([unprojected(car, view, near[view]) for view in chosen])
    places, _ = cameras.project(points, car.camera_to_world, car.camera_angle_x, 224, 224)
    seen = np.clip(places.astype(int), 0, 223)
    hits = car.image[np.arange(36)[:, None], seen[..., 1], seen[..., 0], 3] > 0
    assert hits.mean() > 0.999  # as distances along the rays they would hit 85 %
    assert np.ptp(points, axis=0) == pytest.approx([0.86, 0.28, 0.36], abs=0.05)


def unprojected(views: Views, view: int, mask: np.ndarray) -> np.ndarray:
    """World points of a view's pixels, at their z-depth."""
    row, column = np.nonzero(mask)
    pixels = np.stack([column, row], axis=1).astype(np.float32) + np.float32(0.5)
    poses = np.repeat(views.camera_to_world[view][None], len(pixels), axis=0)
    height, width = mask.shape
    origins, directions = cameras.rays_through(poses, pixels, views.camera_angle_x, width, height)
    along = -directions @ views.camera_to_world[view][:, 2]  # z-depth 1 in lengths of the unit direction
    return (origins + directions * (views.depth[view][row, column] / along)[:, None]).astype(np.float32)


@pytest.mark.thesis
def test_depth_is_shrunk_over_the_object_alone_and_changes_what_views_depend_on(tmp_path):
    easy = write(tmp_path, [LINE.format(azimuth=0), LINE.format(azimuth=9)])
    without = disn.listing(tmp_path, CLASSES).items[0]
    assert disn.read(easy, 2, 64).depth is None
    folder = tmp_path / "depth/02958343/model/easy"
    folder.mkdir(parents=True)
    grey = np.full((8, 8, 3), 255, np.uint8)
    grey[2:6, 2:6] = 51
    for number in range(2):
        (folder / f"{number:02d}.png").write_bytes(pictures.encode(grey))
    depth = disn.read(easy, 2, 8).depth
    assert depth is not None
    assert depth[0, 2:6, 2:6] == pytest.approx(0.7 + 0.2 / 1.4)
    assert depth.sum() == pytest.approx(32 * (0.7 + 0.2 / 1.4))
    small = disn.read(easy, 2, 3).depth  # areas of 8/3 pixels, most of them partly of the object
    assert small is not None
    assert small == pytest.approx(np.full((2, 3, 3), 0.7 + 0.2 / 1.4), abs=1e-4)
    assert disn.listing(tmp_path, CLASSES).items[0].companions != without.companions
    (folder / "01.png").unlink()
    with pytest.raises(InputError, match=r"depth/.*01\.png: missing"):
        disn.read(easy, 2, 8)


def test_a_depth_map_is_read_as_the_depths_that_make_it_again():
    """Its ends by hand: 0 is a depth of 0.7, and 255 one of 0.7 + 1/1.4."""
    grey = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    depth = depth_of_shapenet_map(grey)
    assert depth.dtype == np.float32
    assert depth[0, 0, 0] == pytest.approx(0.7)
    assert depth[0, -1, -1] == pytest.approx(0.7 + 1 / 1.4)
    assert (shapenet_depth_map(depth) == grey).all()
    beyond = np.array([[[0.0, 0.6, 1.42, 9.0]]], np.float32)  # nothing, nearer and farther than a map can say
    assert shapenet_depth_map(beyond).tolist() == [[[255, 0, 255, 255]]]


@pytest.fixture
def car_copy(real, tmp_path) -> Path:
    """A folder of the real car's views, to be changed."""
    (source,) = (real / "disn_sample").glob("image/*/*/easy")
    shutil.copytree(source, tmp_path / "image/02958343/car/easy")
    return tmp_path / "image/02958343/car/easy"


def shuffled_pictures(easy: Path) -> None:
    contents = [(easy / f"{number:02d}.png").read_bytes() for number in range(36)]
    for number in range(36):
        (easy / f"{number:02d}.png").write_bytes(contents[(5 * number + 3) % 36])


def without_alpha(easy: Path) -> None:
    Image.open(easy / "03.png").convert("RGB").save(easy / "03.png")


def clear(easy: Path) -> None:
    Image.new("RGBA", (224, 224)).save(easy / "03.png")


def cut_metadata(easy: Path) -> None:
    lines = (easy / disn.METADATA).read_text().splitlines(keepends=True)
    (easy / disn.METADATA).write_text("".join(lines[:18]))


def steep(easy: Path) -> None:
    (easy / disn.METADATA).write_text(LINE.format(azimuth=0).replace("25.0", "400"))


def far(easy: Path) -> None:
    (easy / disn.METADATA).write_text((easy / disn.METADATA).read_text().replace("1.75", "1e300"))


def pointer(easy: Path) -> None:
    (easy / disn.METADATA).write_text("version https://git-lfs.github.com/spec/v1\n")


DAMAGE = {
    r"easy: the common visual hull fills \d+% of the silhouettes": shuffled_pictures,
    "easy: view 3 is nowhere clear": without_alpha,
    "easy: view 3 shows nothing, alpha is 0 everywhere": clear,
    r"18\.png: rendering_metadata\.txt has 18 lines, expected one for it": cut_metadata,
    r"line 1: elevation 400, expected -90 to 90 degrees": steep,
    "line 1: a number that isn't finite, or beyond 1,000,000": far,
    "a Git LFS pointer, run git lfs pull, expected a line per view": pointer,
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("words", DAMAGE)
def test_a_damaged_model_is_refused_by_what_is_wrong(car_copy, words):
    DAMAGE[words](car_copy)
    with pytest.raises(InputError, match=words):
        disn.read(car_copy, 36, 64)
