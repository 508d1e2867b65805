"""Captions of a user's own objects reach the dataset `objects`; what is wrong with the file is named."""

from pathlib import Path

import pytest

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers import caption_file
from fieldlink.scenes.importers.listing import Listing
from fieldlink.scenes.object_rows import object_rows
from fieldlink.scenes.object_tasks import object_tasks


def written(folder: Path, text: str) -> Path:
    file = folder / "captions.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_each_object_has_its_caption_and_a_copy_none(tmp_path, params):
    scenes = params.scenes.model_copy(update={"objects_per_class": 8, "copies": 1})
    few = {"lamp": params.classes["lamp"]}
    without_file = object_tasks(params.model_copy(update={"scenes": scenes, "classes": few}), Listing())
    file = written(tmp_path, 'class_id,model_id,caption\n1,lamp_0003,"a lamp, tall"\n1,elsewhere,a gun\n1,lamp_0004,\n')
    changed = scenes.model_copy(update={"captions": file})
    with_file = object_tasks(params.model_copy(update={"scenes": changed, "classes": few}), Listing())
    catalogue_captions, from_file = (
        {row["object_id"]: row["caption"] for row in object_rows(tasks.values()).to_pylist()}
        for tasks in (without_file, with_file)
    )
    assert {name: text for name, text in from_file.items() if text} == {"lamp_0003": "a lamp, tall"}
    assert {name for name, text in catalogue_captions.items() if text} == {f"lamp_{index:04d}" for index in range(8)}
    assert set(catalogue_captions) > {f"lamp_{index:04d}" for index in range(8)}  # copies are there, without one


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model,caption\na,b\n", "no column model_id, expected model_id and caption"),
        ("", "no column model_id, expected"),
        ("model_id,caption\nother,a gun\n", "a caption of none of the 1 objects"),
        ("model_id,caption\na,a gun\na,a sofa\n", "line 3: a has another caption above"),
        ("model_id,caption,caption\na,a gun,a sofa\n", "2 column caption"),
        ("model_id,caption\na,a gun, old\n", "line 2: 3 cells, 2 expected; is a caption with commas not in quotes"),
        ('model_id,caption\na,"a gun\nb,a sofa\n', "line 3: unexpected end of data"),
        ("model_id,caption\na,a\x1b[31m gun\n", "line 2: a control character"),
        ("version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer, run git lfs pull, expected a CSV file"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_name(tmp_path, text, said):
    with pytest.raises(InputError, match=f"captions.csv.*{said}"):
        caption_file.read_captions(written(tmp_path, text), {"a"})


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.csv: No such file or directory, expected a CSV file"):
        caption_file.read_captions(tmp_path / "gone.csv", {"a"})
    (tmp_path / "binary.csv").write_bytes(b"model_id,caption\n\xff\xfe\x00")
    with pytest.raises(InputError, match=r"binary\.csv: not UTF-8 at byte 17, expected a CSV file"):
        caption_file.read_captions(tmp_path / "binary.csv", {"a"})


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfmodel_id,caption\r\na,a gun\r\n",
        "model_id,caption\na,a gun\n".encode("utf-16"),
        b"Model_ID; Caption\n a ; a gun\n",
        b"class\tmodel_id\tcaption\n1\ta\ta gun\n",
        b'model_id,caption\na,"a\n gun"\n',
    ],
)
def test_every_program_that_writes_the_table_is_understood(tmp_path, data):
    (tmp_path / "captions.csv").write_bytes(data)
    assert caption_file.read_captions(tmp_path / "captions.csv", {"a"}) == {"a": "a gun"}
