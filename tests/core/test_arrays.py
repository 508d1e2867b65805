"""Arrays in files: what is read is what was written, once, whatever the process."""

import pickle

import numpy as np
import pytest

from fieldlink.core import arrays, datasets
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import CAPTIONED_PICTURES, NERF_EMBEDDINGS

pytestmark = pytest.mark.thesis


def embeddings(ids: str, width: int = 3):
    values = np.arange(len(ids) * width, dtype=np.float32).reshape(len(ids), width)
    return datasets.table(NERF_EMBEDDINGS, {"object_id": list(ids), "embedding": values})


def pictures(*images: bytes):
    names = [str(number) for number in range(len(images))]
    texts = dict.fromkeys(("picture_id", "split", "caption", "subject", "domain"), names)
    columns = {**texts, "image": list(images)}
    return datasets.table(CAPTIONED_PICTURES, columns)


def test_a_mapped_column_is_the_column_written_once_and_sent_as_a_path(tmp_path):
    datasets.write(tmp_path / "set", NERF_EMBEDDINGS, [embeddings("ab"), embeddings("c")], "test")
    array = arrays.store_column(tmp_path / "set", NERF_EMBEDDINGS, "embedding", tmp_path / "arrays")
    assert array.shape == (1, 3, 3)
    expected = datasets.matrix(datasets.read(tmp_path / "set", NERF_EMBEDDINGS)["embedding"])
    np.testing.assert_array_equal(array.open()[0], expected)
    assert len(pickle.dumps(array)) < 1000
    written = array.path.stat().st_mtime_ns
    assert arrays.store_column(tmp_path / "set", NERF_EMBEDDINGS, "embedding", tmp_path / "arrays") == array
    assert array.path.stat().st_mtime_ns == written
    array.open()[:] = 0  # of this process alone
    np.testing.assert_array_equal(np.fromfile(array.path, np.float32, 9), expected.ravel())
    datasets.write(tmp_path / "set", NERF_EMBEDDINGS, [embeddings("ab", 5)], "test")
    assert arrays.store_column(tmp_path / "set", NERF_EMBEDDINGS, "embedding", tmp_path / "arrays").shape == (1, 2, 5)


def test_bytes_of_one_length_are_an_array_too_and_others_an_error(tmp_path):
    datasets.write(tmp_path / "even", CAPTIONED_PICTURES, [pictures(b"ab", b"yz")], "test")
    array = arrays.store_column(tmp_path / "even", CAPTIONED_PICTURES, "image", tmp_path / "arrays")
    assert array.open().tolist() == [[[97, 98], [121, 122]]]
    datasets.write(tmp_path / "odd", CAPTIONED_PICTURES, [pictures(b"ab", b"xyz")], "test")
    with pytest.raises(InputError, match="odd: rows of bytes differ in length"):
        arrays.store_column(tmp_path / "odd", CAPTIONED_PICTURES, "image", tmp_path / "arrays")


def test_an_array_filled_part_by_part_is_the_whole_and_named_by_what_it_holds(tmp_path):
    whole = np.random.default_rng(0).normal(size=(2, 7, 3)).astype(np.float32)
    one = arrays.store_parts(whole.shape, iter([whole[:, :4], whole[:, 4:]]), tmp_path)
    np.testing.assert_array_equal(one.open(), whole)
    assert arrays.store_parts(whole.shape, iter([whole]), tmp_path) == one
    assert arrays.store_parts(whole.shape, iter([whole + 1]), tmp_path).path != one.path
