"""Generated views as rows: their owners, and the errors where objects differ in their views."""

import numpy as np
import pyarrow as pa
import pytest

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.params import GenerationParams, Params
from fieldlink.core.schemas import GENERATED_VIEWS
from fieldlink.generation.decoding_work import DecodingTask, decode
from fieldlink.generation.generated_views import Renders
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.scenes import cameras, pictures


def generated(**sizes: list[tuple[int, int]]) -> pa.Table:
    """One picture of each size, by owner; its grey tells the owner and the view."""
    rows = [
        (name, "gt", "mse", view, pictures.encode(grey(10 * owner + view, *size)))
        for owner, (name, owner_sizes) in enumerate(sizes.items())
        for view, size in enumerate(owner_sizes)
    ]
    columns = zip(GENERATED_VIEWS.columns, map(list, zip(*rows, strict=True)), strict=True)
    return datasets.table(GENERATED_VIEWS, dict(columns))


def grey(value: int, height: int, width: int) -> np.ndarray:
    return np.concatenate([np.full((height, width, 3), value), np.full((height, width, 1), 255)], -1).astype(np.uint8)


def test_every_picture_stays_with_its_owner_and_view():
    renders = Renders.of(generated(a=[(4, 6)] * 2, b=[(4, 6)] * 2, c=[(4, 6)] * 2))
    assert renders.ids == ["a", "b", "c"]
    assert renders.pictures.shape == (3, 2, 4, 6, 3)
    assert renders.pictures[:, :, 0, 0, 0].tolist() == [[0, 1], [10, 11], [20, 21]]
    assert renders.select(["c", "a"])[:, 1, 0, 0, 0].tolist() == [21, 1]


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        (
            {"a": [(4, 6)] * 3, "b": [(4, 6)] * 1, "c": [(4, 6)] * 2},
            r"^b: 1 of generation.*expected 3 of \(4, 6\), as a has",
        ),
        (
            {"a": [(4, 6)] * 2, "b": [(6, 4)] * 2},
            r"^b: 2 of generation.*\[\(6, 4\)\]; expected 2 of \(4, 6\), as a has",
        ),
        ({"a": [(4, 6), (4, 4)], "b": [(4, 6)] * 2}, r"^a: 2 of generation.*expected 2 of \(4, 6\)"),
    ],
)
def test_objects_that_differ_in_number_or_size_of_views_are_an_error_that_names_one(sizes, message):
    """Of the first, six pictures of three objects are as many as two an object."""
    with pytest.raises(InputError, match=message):
        Renders.of(generated(**sizes))


def decoding_task(model: Nf2vecModel, generation: GenerationParams, sizes: list[int]) -> DecodingTask:
    """A task with a camera for each picture size."""
    poses = cameras.disn_poses(0, max(len(sizes), 1))[: len(sizes)].reshape(-1, 12).tolist()
    columns = {"view": list(range(len(sizes))), "camera_to_world": pa.array(poses, pa.list_(pa.float32(), 12))}
    rows = pa.table(
        {
            **columns,
            "camera_angle_x": pa.array([cameras.DISN_ANGLE] * len(sizes), pa.float32()),
            "width": pa.array(sizes, pa.int32()),
            "height": pa.array(sizes, pa.int32()),
        }
    )
    vectors = {("nerf", "reconstruction"): np.ones(20, np.float32)}
    return DecodingTask("chair_7", vectors, rows, (model.tensors, model.config), generation, "cpu")


def test_an_object_is_decoded_once_for_each_of_its_cameras(model: Nf2vecModel, params: Params):
    generation = params.generation.model_copy(update={"cells": 4, "step": 0.1})
    columns = decode(decoding_task(model, generation, [5, 5]))
    assert (columns["owner_id"], columns["view"]) == (["chair_7"] * 2, [0, 1])
    assert [pictures.decode(image).shape for image in columns["image"]] == [(5, 5, 4)] * 2


@pytest.mark.parametrize(
    ("sizes", "message"), [([], r"chair_7: no view of generation\.views, \[35\]"), ([5, 6], "chair_7: views differ")]
)
def test_an_object_without_a_camera_or_with_two_kinds_is_an_error_that_names_it(
    model: Nf2vecModel, params: Params, sizes, message
):
    generation = params.generation.model_copy(update={"views": (35,)})
    with pytest.raises(InputError, match=message):
        decode(decoding_task(model, generation, sizes))
