"""Every source of objects and photos that params.yaml may name is known wherever sources are told apart."""

from typing import get_args

import pytest

from fieldlink.core.params import PhotosParams, ScenesParams, load
from fieldlink.preflight import data_folders
from fieldlink.report.study_description import describe
from fieldlink.scenes import object_sources
from fieldlink.scenes.photos import photo_sources

OBJECTS, PHOTOS = (get_args(section.model_fields["source"].annotation) for section in (ScenesParams, PhotosParams))
IN_PROCESS = "catalogue"  # needs no importer


@pytest.mark.parametrize("source", OBJECTS)
def test_a_source_of_objects_is_read_counted_and_described(source, params_with, tmp_path):
    params = load(params_with({"scenes.source": source, "scenes.folder": tmp_path}))
    assert describe(params).objects
    assert data_folders.objects(params)[0].what == f"scenes: {source}"
    assert source in {IN_PROCESS, *object_sources.LISTINGS}


@pytest.mark.parametrize("source", PHOTOS)
def test_a_source_of_photos_is_read_counted_and_described(source, params_with, tmp_path):
    params = load(params_with({"photos.source": source, "photos.folder": tmp_path}))
    assert describe(params).photos
    assert data_folders.photos(params)[0].what == f"photos: {source}"
    assert source in {IN_PROCESS, *photo_sources.LISTINGS}
