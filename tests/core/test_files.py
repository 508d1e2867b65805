"""Files that users bring: what isn't a readable regular file is one `InputError` that names it."""

import os
from pathlib import Path

import pytest
from children import without_roots_rights

from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign


def test_a_file_and_a_link_to_it_are_read_whole(tmp_path):
    (tmp_path / "file").write_bytes(b"\0content")
    (tmp_path / "link").symlink_to("file")
    assert read_foreign(tmp_path / "file") == read_foreign(tmp_path / "link") == b"\0content"


def test_what_is_no_regular_file_is_named_and_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "broken").symlink_to("nowhere")
    faults = {
        tmp_path: "a folder, expected a file",
        tmp_path / "fifo": "a FIFO, expected a file",
        Path("/dev/zero"): "a device, expected a file",
        tmp_path / "loop": "Too many levels of symbolic links",
        tmp_path / "broken": "No such file or directory",
        tmp_path / ("x" * 300): "File name too long",
        tmp_path / "zero\0byte": "embedded null byte",
    }
    for path, fault in faults.items():
        with pytest.raises(InputError) as error:
            read_foreign(path)
        assert str(error.value) == f"{path}: {fault}"


def test_a_file_above_the_limit_is_not_read(tmp_path):
    with (tmp_path / "large").open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(InputError, match=r"large: 1,000,000,000,000 bytes, at most 2,147,483,648 expected"):
        read_foreign(tmp_path / "large")


def test_a_file_without_permission_is_named():
    def work(folder: Path) -> None:
        (folder / "secret").touch(mode=0)
        with pytest.raises(InputError, match="secret: Permission denied"):
            read_foreign(folder / "secret")

    without_roots_rights(work)


def test_a_name_that_isnt_utf_8_is_written_out(tmp_path):
    with pytest.raises(InputError) as error:
        read_foreign(tmp_path / os.fsdecode(b"caf\xe9.jpg"))
    assert r"caf\udce9.jpg: No such file" in str(error.value)
