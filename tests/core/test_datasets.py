"""Datasets: round trips, keys, checksums and atomic writes."""

import numpy as np
import pyarrow as pa
import pytest

from fieldlink.core import datasets, shard_files
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import NERF_EMBEDDINGS, NERFS, REJECTED


def embeddings(ids: str, width: int = 3):
    values = np.arange(len(ids) * width, dtype=np.float32).reshape(len(ids), width)
    return datasets.table(NERF_EMBEDDINGS, {"object_id": list(ids), "embedding": values})


def test_rows_come_back_as_written_sorted_by_key(tmp_path):
    datasets.write(tmp_path / "set", NERF_EMBEDDINGS, [embeddings("ba"), embeddings("c")], "test")
    rows = datasets.read(tmp_path / "set", NERF_EMBEDDINGS)
    assert rows["object_id"].to_pylist() == ["a", "b", "c"]
    np.testing.assert_array_equal(datasets.matrix(rows["embedding"]), [[3, 4, 5], [0, 1, 2], [0, 1, 2]])
    metadata = datasets.read_shard(tmp_path / "set" / "part-00000.parquet", NERF_EMBEDDINGS).schema.metadata
    assert metadata[b"schema"] == b"nerf_embeddings"
    assert metadata[b"producer"] == b"test"


@pytest.mark.parametrize("schema", [NERFS, REJECTED])
def test_no_rows_at_all_are_an_error_unless_a_dataset_may_be_empty(schema, tmp_path):
    with pytest.raises(InputError, match="no rows to write"):
        datasets.write(tmp_path / "set", schema, [], "test")
    assert datasets.write(tmp_path / "set", schema, [], "test", may_be_empty=True) == 0
    assert len(datasets.read(tmp_path / "set", schema)) == 0


def test_the_same_rows_give_the_same_bytes_and_digest(tmp_path):
    for name in ("one", "two"):
        datasets.write(tmp_path / name, NERF_EMBEDDINGS, [embeddings("ab")], "test")
    parts = [(tmp_path / name / "part-00000.parquet").read_bytes() for name in ("one", "two")]
    assert parts[0] == parts[1]
    assert datasets.rows_digest(embeddings("ab")) != datasets.rows_digest(embeddings("ac"))


def test_the_rows_beside_a_row_do_not_change_its_digest():
    columns = {"stage": ["fit"] * 19, "id": [f"{i:02d}" for i in range(19)], "reason": ["dark"] * 19}
    many = datasets.table(REJECTED, columns)
    few = datasets.table(REJECTED, {name: values[3:8] for name, values in columns.items()})
    assert datasets.rows_digest(many.slice(3, 5)) == datasets.rows_digest(few)
    assert datasets.rows_digest(pa.concat_tables([few.slice(0, 2), few.slice(2)])) == datasets.rows_digest(few)


def test_rows_of_some_ids_are_all_their_rows_and_no_others(tmp_path):
    datasets.write(tmp_path / "set", NERF_EMBEDDINGS, [embeddings("ab"), embeddings("cd")], "test")
    assert datasets.rows_with_ids(tmp_path / "set", NERF_EMBEDDINGS, ["b", "c"])["object_id"].to_pylist() == ["b", "c"]


def test_only_row_groups_between_whose_keys_an_id_lies_are_read(tmp_path, monkeypatch):
    groups, read = [], shard_files.read
    monkeypatch.setattr(shard_files, "GROUP_ROWS", 2)
    datasets.write(tmp_path / "set", NERF_EMBEDDINGS, [embeddings("abcd"), embeddings("ef"), embeddings("g")], "test")

    def recorded(path, columns=None, groups_to_read=None):
        groups.append((path.name, groups_to_read))
        return read(path, columns, groups_to_read)

    monkeypatch.setattr(shard_files, "read", recorded)
    for _ in range(2):  # also when first and last keys are known
        rows = datasets.rows_with_ids(tmp_path / "set", NERF_EMBEDDINGS, ["f", "d", "f"])
        assert rows["object_id"].to_pylist() == ["d", "f"]
    assert groups == [("part-00000.parquet", [1]), ("part-00001.parquet", [0])] * 2
    datasets.write(tmp_path / "set", NERF_EMBEDDINGS, [embeddings("ab"), embeddings("x")], "test")
    assert datasets.rows_with_ids(tmp_path / "set", NERF_EMBEDDINGS, ["x"])["object_id"].to_pylist() == ["x"]
    with pytest.raises(InputError, match="set: no rows of 'none', expected all 2 ids"):
        datasets.rows_with_ids(tmp_path / "set", NERF_EMBEDDINGS, ["a", "none"])
    assert not len(datasets.rows_with_ids(tmp_path / "set", NERF_EMBEDDINGS, ["none"], may_be_absent=True))


def test_one_row_of_a_large_shard_is_a_small_part_of_its_bytes(tmp_path, monkeypatch):
    groups, read = [], shard_files.read
    ids = [f"{number:03d}" for number in range(256)]
    vectors = np.random.default_rng(0).standard_normal((256, 4096))  # 4 MiB
    rows = datasets.table(NERF_EMBEDDINGS, {"object_id": ids, "embedding": vectors})
    datasets.write(tmp_path / "set", NERF_EMBEDDINGS, [rows], "test")

    def recorded(path, columns=None, groups_to_read=None):
        groups.append(groups_to_read)
        return read(path, columns, groups_to_read)

    monkeypatch.setattr(shard_files, "read", recorded)
    assert datasets.rows_with_ids(tmp_path / "set", NERF_EMBEDDINGS, ["070"]).equals(rows.slice(70, 1))
    shard = shard_files.open_file(tmp_path / "set" / "part-00000.parquet").parquet
    assert [shard.row_group(group).total_byte_size < 2**20 for [group] in groups] == [True]


def test_rows_of_a_damaged_dataset_are_an_error_that_names_it(tmp_path):
    datasets.write(tmp_path / "set", NERF_EMBEDDINGS, [embeddings("ab")], "test")
    (tmp_path / "set" / "part-00000.parquet").write_bytes(b"damaged")
    with pytest.raises(InputError, match="no digest in it: cut short, or written by other software"):
        datasets.rows_with_ids(tmp_path / "set", NERF_EMBEDDINGS, ["a"])


def test_a_digest_by_key_depends_on_the_rows_of_that_key_alone():
    columns = {"stage": list("aabb"), "id": list("1234"), "reason": ["dark"] * 4}
    rows = datasets.table(REJECTED, columns)
    whole = datasets.digests_by_key([rows], "stage")
    assert datasets.digests_by_key([rows.slice(0, 2), rows.slice(0, 0), rows.slice(2)], "stage") == whole
    assert whole["a"] != whole["b"]
    changed = datasets.table(REJECTED, columns | {"reason": ["dark", "dark", "dark", "torn"]})
    assert datasets.digests_by_key([changed], "stage")["a"] == whole["a"]
    assert datasets.digests_by_key([changed], "stage")["b"] != whole["b"]


def test_an_empty_dataset_is_still_a_dataset(tmp_path):
    none = datasets.table(REJECTED, {"stage": [], "id": [], "reason": []})
    datasets.write(tmp_path / "set", REJECTED, [none], "test")
    assert len(datasets.read(tmp_path / "set", REJECTED)) == 0


def test_a_key_given_twice_is_named(tmp_path):
    with pytest.raises(InputError, match=r"must be unique, found twice: \[\('a',\)\]"):
        embeddings("aba")
    with pytest.raises(InputError, match="keys must rise"):
        datasets.write(tmp_path / "set", NERF_EMBEDDINGS, [embeddings("b"), embeddings("a")], "test")
    assert list(tmp_path.iterdir()) == []


def test_numbers_that_are_not_finite_are_never_written():
    with pytest.raises(ValueError, match="embedding holds numbers that are not finite"):
        datasets.table(NERF_EMBEDDINGS, {"object_id": ["a"], "embedding": [[np.nan, 0.0]]})


def test_a_foreign_a_missing_and_a_short_dataset_are_named(tmp_path):
    datasets.write(tmp_path / "set", NERF_EMBEDDINGS, [embeddings("a")], "test")
    with pytest.raises(InputError, match="holds nerf_embeddings, expected nerfs"):
        datasets.read(tmp_path / "set", NERFS)
    with pytest.raises(InputError, match="nowhere: no part"):
        datasets.read(tmp_path / "nowhere", NERFS)
    short = embeddings("a").drop_columns(["embedding"])
    datasets.write_shard(tmp_path / "part-00000.parquet", NERF_EMBEDDINGS, short, "test")
    with pytest.raises(InputError, match=r"columns \['embedding'\] are missing"):
        datasets.read(tmp_path, NERF_EMBEDDINGS)


def test_a_flipped_bit_anywhere_in_a_shard_is_found(tmp_path):
    random = np.random.default_rng(0)
    rows = datasets.table(NERF_EMBEDDINGS, {"object_id": ["a"], "embedding": random.normal(size=(1, 4096))})
    datasets.write(tmp_path / "set", NERF_EMBEDDINGS, [rows], "test")
    path = tmp_path / "set" / "part-00000.parquet"
    whole = path.read_bytes()
    for offset in random.integers(0, len(whole), 200):
        path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 1 << int(random.integers(8))]) + whole[offset + 1 :])
        with pytest.raises(InputError, match="damaged"):
            datasets.read(tmp_path / "set", NERF_EMBEDDINGS)


def test_a_writer_that_fails_leaves_the_old_dataset(tmp_path):
    datasets.write(tmp_path / "set", NERF_EMBEDDINGS, [embeddings("a")], "test")

    def failing():
        yield embeddings("b")
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        datasets.write(tmp_path / "set", NERF_EMBEDDINGS, failing(), "test")
    assert datasets.read(tmp_path / "set", NERF_EMBEDDINGS)["object_id"].to_pylist() == ["a"]
    assert [path.name for path in tmp_path.iterdir()] == ["set"]
