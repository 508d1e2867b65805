"""Every source of objects and photos that params.yaml may name has a complete entry in its registry."""

from typing import get_args

import pytest
from parameters import DEFAULT, commented_keys, readme_rows

from fieldlink.core.errors import InputError
from fieldlink.core.params import PhotosParams, ScenesParams, load
from fieldlink.preflight import data_folders
from fieldlink.report.study_description import describe
from fieldlink.scenes.photos.photo_sources import PHOTO_SOURCES, photo_source
from fieldlink.scenes.scene_sources import SCENE_SOURCES, scene_source

SOURCES = [("scenes", name) for name in SCENE_SOURCES] + [("photos", name) for name in PHOTO_SOURCES]


def entry(section: str, name: str):
    return SCENE_SOURCES[name] if section == "scenes" else PHOTO_SOURCES[name]


@pytest.mark.parametrize(
    ("section", "registry"), [(ScenesParams, SCENE_SOURCES), (PhotosParams, PHOTO_SOURCES)], ids=["scenes", "photos"]
)
def test_the_names_that_params_accept_are_those_of_the_registry(section, registry):
    assert get_args(section.model_fields["source"].annotation) == tuple(registry)


@pytest.mark.parametrize(("section", "name"), SOURCES)
def test_a_source_is_counted_and_described_on_the_page(section, name, params_with, tmp_path):
    params = load(params_with({f"{section}.source": name, f"{section}.folder": tmp_path}))
    description, count = describe(params), data_folders.objects if section == "scenes" else data_folders.photos
    assert entry(section, name).page_text in (description.objects if section == "scenes" else description.photos)
    assert count(params)[0].subject == f"{section}: {name}"
    assert count(params)[0].state == ("ok" if name == "catalogue" else "missing")


@pytest.mark.parametrize(("section", "name"), SOURCES)
def test_parameters_of_a_source_are_documented(section, name):
    source = entry(section, name)
    assert source.parameters
    assert set(source.parameters) <= commented_keys()
    assert name in DEFAULT.read_text().split(f"\n{section}:")[1].split("folder:")[0]


@pytest.mark.parametrize(("section", "name"), SOURCES)
def test_the_readme_names_a_source_and_its_folders(section, name):
    rows = readme_rows()
    assert any(row.startswith(f"| `{section}.source` |") and f"`{name}`" in row for row in rows)
    source = entry(section, name)
    assert source.listing is None or any(
        row.startswith(f"| {source.title}") and f"`{section}.source={name}`" in row for row in rows
    ), f"no row '| {source.title} … `{section}.source={name}`' in README.md"


def test_a_name_without_an_entry_is_an_error_that_names_the_registry():
    with pytest.raises(InputError, match=r"scenes\.source: 'scans' has no entry in fieldlink/scenes/scene_sources\.py"):
        scene_source("scans")
    with pytest.raises(InputError, match=r"photos\.source: 'scans' has no entry in .*photo_sources\.py, .* catalogue,"):
        photo_source("scans")
