"""Ids of files: readable where they can be, never the same twice, the same whatever other files there are."""

import os
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from fieldlink.scenes.importers.item_ids import is_id, unique_ids

ROOT = Path("in")
LETTERS = st.characters(exclude_characters="/\0", exclude_categories=("Cs",))
NAMES = st.text(LETTERS, min_size=1, max_size=140).filter(lambda name: name not in "..")


def ids_of(names: list[str]) -> dict[Path, str]:
    return unique_ids({ROOT / folder / f"{name}.jpg": f"car.{name}" for name in names for folder in "ab"}, ROOT)


@given(st.lists(NAMES, min_size=1, max_size=8, unique=True))
def test_ids_of_any_names_in_any_script_can_be_ids_and_differ(names):
    ids = ids_of(names)
    assert len(set(ids.values())) == len(ids) == 2 * len(names)
    assert all(is_id(name) for name in ids.values())


@given(NAMES, NAMES)
def test_an_id_does_not_depend_on_files_of_other_names(name, other):
    assert ids_of([name]).items() <= ids_of(list({name, other})).items()


def test_plain_names_stay_and_others_are_told_apart_by_digests():
    stems = ["a", "椅子", "桌子", "b.a1", os.fsdecode(b"caf\xe9")]
    names = {ROOT / f"{stem}.jpg": f"car.{stem}" for stem in stems}
    plain, chair, table, copy, latin = unique_ids(names, ROOT).values()
    assert plain == "car.a"
    assert chair != table
    assert re.fullmatch(r"car\.caf_-[0-9a-f]{12}", latin)
    assert all(re.fullmatch(r"car\.__-[0-9a-f]{12}", name) for name in (chair, table))
    assert re.fullmatch(r"car\.b\.a1-[0-9a-f]{12}", copy), "an id like that of an augmented copy would be taken for one"
