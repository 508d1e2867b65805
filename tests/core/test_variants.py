import csv
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldlink.core.errors import InputError
from fieldlink.core.variants import Variant, parse

REPORTS = Path(__file__).parents[2] / "reports"


def rows() -> list[str]:
    files = [REPORTS / "published/tables.csv", *sorted((REPORTS / "tables").glob("*.csv"))]
    lines = [row for file in files for row in csv.DictReader(file.read_text("utf-8").splitlines()) if "row" in row]
    return sorted({line["row"] for line in lines})


@pytest.mark.parametrize("row", rows())
def test_every_row_of_the_tables_is_the_text_of_its_variant(row):
    assert parse(row).text == row


def _choices(name: str) -> list[Any]:
    free = {"space": ["pca", "functa", "nf2vec", "of_my_own"], "views": ["1", "16", "N"], "batch": [1, 64, 2048]}
    if name in ("rescaled", "equal_steps", "shifted"):
        return [False, True]
    literal = next((hint for hint in get_args(get_type_hints(Variant)[name]) if get_args(hint)), None)
    return [None, *(free[name] if name in free else get_args(literal))]


CHOICES = {field.name: _choices(field.name) for field in fields(Variant)}


@given(st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CHOICES.items()}))
def test_parsing_the_text_of_any_combination_of_fields_gives_the_same_variant(values: dict[str, Any]):
    if any(values.values()):
        variant = Variant(**values)
        assert parse(variant.text) == variant


@pytest.mark.parametrize("name", list(CHOICES))
def test_parsing_the_text_of_a_single_field_gives_the_same_variant(name):
    for value in CHOICES[name]:
        if value:
            assert parse(Variant(**{name: value}).text) == Variant(**{name: value})


@pytest.mark.parametrize(
    ("variant", "text"),
    [
        (Variant(direction="nerf2clip", source="gt", views="N", loss="cosine"), "nerf2clip gt views=N cosine"),
        (Variant(direction="nerf2clip", source="gt", views="N"), "nerf2clip gt views=N"),
        (
            Variant(direction="nerf2clip", loss="siglip", batch=128, training_set="original"),
            "nerf2clip siglip batch=128 original",
        ),
        (
            Variant(direction="nerf2clip", loss="siglip", batch=128, equal_steps=True, training_set="original"),
            "nerf2clip siglip batch=128 equal-steps original",
        ),
        (Variant(method="CLIP all distinct", shifted=True), "CLIP all distinct shifted"),
        (Variant(direction="clip2nerf", loss="cosine", training_set="gt only"), "clip2nerf cosine gt only"),
        (Variant(space="pca", direction="clip2nerf", loss="cosine"), "pca clip2nerf cosine"),
        (Variant(space="pca"), "pca"),
        (Variant(objective="cosine+rec decoder_frozen"), "finetuned cosine+rec decoder_frozen"),
        (Variant(direction="clip2nerf", loss="cosine", reference="original"), "clip2nerf cosine (original)"),
        (Variant(method="CLIP mean", shifted=True), "CLIP mean shifted"),
        (Variant(method="clip", views="8"), "clip views=8"),
        (Variant(concatenation="concat l2", query_domain="synthetic"), "concat l2 synthetic"),
        (Variant(generated_from="view", loss="cosine", rescaled=True), "view → cosine rescaled"),
    ],
)
def test_texts_are_those_that_name_trainings_and_published_rows(variant, text):
    assert variant.text == text
    assert parse(text) == variant


@pytest.mark.parametrize("text", ["", "nerf2clip hinge", "nerf2clip views=0", "siglip nerf2clip", "nerf2clip  siglip"])
def test_a_text_of_no_variant_is_an_error_that_names_it(text):
    with pytest.raises(InputError, match=repr(text)):
        parse(text)


def test_a_value_that_no_field_has_is_an_error_that_names_it():
    with pytest.raises(InputError, match="'views': '0'"):
        Variant(method="clip", views="0")
    with pytest.raises(InputError, match="'space': 'siglip'"):  # would be read back as a loss
        Variant(space="siglip")
    with pytest.raises(InputError, match="without any field"):
        Variant()
