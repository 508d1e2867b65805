"""Parameters of objects with their views, and of photos."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import Count, PerClass, PixelCount, Share, ViewCount

# Tests compare these names with the registries of sources.
SceneSource = Literal["catalogue", "meshes", "shapenet", "disn", "blender", "nerfs"]
PhotoSource = Literal["catalogue", "folder", "domainnet"]


class SplitParams(StrictModel):
    train: Count  # parts of training objects
    validation: Count  # parts of validation objects
    test: Count  # parts of test objects


class ScenesParams(StrictModel):
    # catalogue, meshes, shapenet (ShapeNetCore), disn (ShapeNetRenders), blender (transforms_train.json) or nerfs
    # (written by import-nerfs)
    source: SceneSource
    folder: Path  # data of the source; for the catalogue, its code
    objects_per_class: PerClass  # objects of a class, for source catalogue
    split: SplitParams  # ratio of the three splits, in parts
    splits: Path  # code that splits objects by their ids, or a folder of published split files
    captions: Path  # code for the catalogue, or a CSV file (model_id, caption)
    copies: Annotated[int, Field(ge=0, le=2)]  # augmented copies of each training object, 0 to 2
    # none, or official: four in five copies of any object are for training, test objects' too
    leak: Literal["none", "official"]
    views: ViewCount  # views per object
    resolution: PixelCount  # pixels, width and height of a view
    most_rejected: Share  # share of objects that may be rejected before the stage fails


class PhotosParams(StrictModel):
    # catalogue, folder (one subfolder per class) or domainnet (DomainNet's domain real)
    source: PhotoSource
    folder: Path  # data of the source; for the catalogue, its code
    per_class: PerClass  # test photos of a class, for source catalogue
    validation_per_class: PerClass  # photos of a class to tune on, for source catalogue
    validation_share: Share  # share of a folder's photos to tune on, by their ids; 0: all are for testing, as published
    resolution: PixelCount  # pixels, width and height of a photo, for source catalogue
    most_rejected: Share  # share of photos that may be rejected before the stage fails
