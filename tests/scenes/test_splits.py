"""Splits depend on an object's own id and the seed; shares are exact in blocks; no split of a class is empty."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldlink.core.errors import InputError
from fieldlink.core.params import SplitParams
from fieldlink.scenes import splits

SHARES = SplitParams(train=3, validation=1, test=4)


def of_class(name: str, count: int, seed: int = 0) -> list[str]:
    return [splits.of_catalogue(name, index, seed, SHARES) for index in range(count)]


@given(st.integers(0, 100), st.integers(0, 50))
def test_every_block_of_the_catalogue_holds_the_exact_shares(block, seed):
    held = Counter(splits.of_catalogue("car", 8 * block + place, seed, SHARES) for place in range(8))
    assert held == {"train": 3, "validation": 1, "test": 4}


def test_classes_blocks_and_seeds_are_dealt_out_differently():
    assert len({tuple(of_class(name, 8)) for name in ("car", "sofa", "lamp", "phone", "table")}) > 1
    assert len({tuple(of_class("car", 80)[start : start + 8]) for start in range(0, 80, 8)}) > 1
    assert of_class("car", 32) != of_class("car", 32, seed=1)


def test_shares_in_other_numbers_of_the_same_ratio_split_alike():
    doubled = SplitParams(train=6, validation=2, test=8)
    assert [splits.of_catalogue("car", index, 0, doubled) for index in range(32)] == of_class("car", 32)


@given(st.lists(st.text("abcdef", min_size=1), min_size=3, max_size=40, unique=True), st.integers(0, 20))
def test_imported_classes_have_an_object_in_every_split_whatever_the_ids(ids, seed):
    split = splits.of_imported({"car": ids}, seed, SHARES)
    assert set(split) == set(ids)
    assert set(split.values()) == set(splits.SPLITS)


def test_an_imported_object_stays_where_it_is_when_others_come():
    few, many = [f"car.{number}" for number in range(40)], [f"car.{number}" for number in range(400)]
    before, after = (splits.of_imported({"car": ids}, 0, SHARES) for ids in (few, many))
    assert {name: after[name] for name in few} == before
    shares = Counter(after.values())
    assert shares["train"] / 400 == pytest.approx(3 / 8, abs=0.08)
    assert shares["test"] / 400 == pytest.approx(4 / 8, abs=0.08)


def test_too_few_objects_are_an_error_that_names_class_and_count_or_all_test():
    with pytest.raises(InputError, match="class lamp: 2 objects that can be used, at least 3 expected"):
        splits.of_imported({"car": ["a", "b", "c"], "lamp": ["d", "e"]}, 0, SHARES)
    assert splits.of_imported({"lamp": ["d", "e"]}, 0, SHARES, few_are_test=True) == {"d": "test", "e": "test"}


def test_only_training_objects_have_copies_unless_the_official_leak_is_asked_for():
    assert [splits.of_copy("car.a1", split, "none", 0) for split in splits.SPLITS] == ["train", None, None]
    counts = Counter(splits.of_copy(f"car_{i}.a1", "test", "official", 0) for i in range(2000))
    assert set(counts) == {"train", None}
    assert counts["train"] / 2000 == pytest.approx(0.8, abs=0.03)


def test_a_leaked_copy_does_not_depend_on_its_originals_split():
    names = [f"car_{i}.a{i % 2 + 1}" for i in range(50)]
    splits_of_copies = [[splits.of_copy(name, split, "official", 7) for name in names] for split in splits.SPLITS]
    assert splits_of_copies[0] == splits_of_copies[1] == splits_of_copies[2]
