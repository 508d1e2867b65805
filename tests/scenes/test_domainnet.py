"""DomainNet's real domain: its folders' names, every picture a query, other classes left alone."""

from pathlib import Path

import pytest
from PIL import Image

from fieldlink.core import datasets, schemas
from fieldlink.core.errors import InputError
from fieldlink.scenes.photos import domainnet
from stages.backbone.prepare_photos import prepare_photos

pytestmark = pytest.mark.thesis


def put(root: Path, folder: str, number: int, colour: str) -> None:
    (root / folder).mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (9, 7), colour).save(root / folder / f"real_{number:03d}_{number:06d}.jpg")


def test_every_class_of_the_study_has_its_folder_and_twins_are_kept(tmp_path, params, params_with):
    root = tmp_path / "real"
    for folder in domainnet.FOLDERS.values():
        put(root, folder, 1, "red")
        put(root, folder, 2, "red")
    put(root, "zebra", 1, "white")
    (root / "couch/notes.txt").write_text("no picture")
    (tmp_path / "real_test.txt").write_text("real/couch/real_001_000001.jpg 91\n\nreal/couch/real_002_000002.jpg 91\n")
    changes = {"runtime.workers": 1, "photos.source": "domainnet", "photos.folder": root}
    file = params_with({**changes, "photos.validation_share": 1.0})
    prepare_photos(tmp_path / "photos", tmp_path / "rejected", file)
    rows = datasets.read(tmp_path / "photos", schemas.PHOTOS).to_pylist()
    assert len(rows) == 2 * 13
    assert {row["class_name"] for row in rows} == set(params.classes)
    assert {row["source"] for row in rows} == {"domainnet"}
    assert len(datasets.read(tmp_path / "rejected", schemas.REJECTED)) == 0
    sofa = [row["photo_id"] for row in rows if row["class_name"] == "sofa"]
    assert sofa == ["sofa.real_001_000001", "sofa.real_002_000002"]
    assert {row["class_name"] for row in rows if row["split"] == "test"} == {"sofa"}  # DomainNet's own test list


def test_the_thirteen_folders_are_those_of_the_protocol(params):
    words = "airplane bench dresser car chair television floor_lamp stereo rifle couch table cell_phone speedboat"
    assert [domainnet.FOLDERS[object_class.synset] for object_class in params.classes.values()] == words.split()


def test_a_missing_folder_is_named_with_its_class(tmp_path, params):
    put(tmp_path, "airplane", 1, "red")
    with pytest.raises(InputError, match=r"bench: no pictures; class bench expects"):
        domainnet.listing(tmp_path, params.classes)
    dragon_only = {"dragon": params.classes["car"].model_copy(update={"synset": "00000001"})}
    with pytest.raises(InputError, match=r"classes\.dragon: no folder of DomainNet for synset 00000001"):
        domainnet.listing(tmp_path, dragon_only)


LINE = "real/couch/real_001_000001.jpg 91\n"


@pytest.mark.parametrize(
    "text", [LINE, "\ufeff" + LINE.replace("\n", "\r\n"), LINE.replace("/", "\\"), f"./{LINE}", LINE[:-4]]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_test_list_is_read_however_it_is_written(tmp_path, text, encoding):
    put(tmp_path / "real", "couch", 1, "red")
    (tmp_path / "real_test.txt").write_bytes(text.removeprefix("\ufeff" * (encoding != "utf-8")).encode(encoding))
    assert domainnet.test_files(tmp_path / "real") == {tmp_path / "real/couch/real_001_000001.jpg"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "none of its 0 pictures is in"),
        ("real/couch/gone.jpg 91\n", "none of its 1 pictures is in"),
        (
            LINE + "sketch/couch/sketch_001_000001.jpg 91\n",
            "line 2: 'sketch/couch/sketch_001_000001.jpg 91', expected real/<class>",
        ),
        (
            "version https://git-lfs.github.com/spec/v1\n",
            "a Git LFS pointer, run git lfs pull, expected lines as real/",
        ),
        ("<html>", "a web page"),
    ],
)
def test_a_list_that_names_no_picture_is_refused_instead_of_left_out(tmp_path, text, words):
    put(tmp_path / "real", "couch", 1, "red")
    (tmp_path / "real_test.txt").write_text(text)
    with pytest.raises(InputError, match=rf"real_test\.txt.*{words}"):
        domainnet.test_files(tmp_path / "real")
