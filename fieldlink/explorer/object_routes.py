"""`/api/objects/<id>`: the data of an object, its pictures, and its NeRF as a file."""

from collections.abc import Callable, Hashable
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from fieldlink.explorer.explorer import Explorer, explorer_of
from fieldlink.explorer.field_file import field_file
from fieldlink.explorer.json_replies import Json, json_bytes
from fieldlink.explorer.lanes import Lane
from fieldlink.explorer.request_values import RequestValues, clean
from fieldlink.explorer.search_routes import is_right
from fieldlink.scenes import pictures
from fieldlink.search.spaces import CLIP_MEAN, NF2VEC

SMALLEST, LARGEST = 16, 512  # pixels of a view, width and height
CACHE_HEADERS = {"Cache-Control": "private, max-age=600"}


async def get_object(request: Request) -> Response:
    """The object, and its neighbours in the spaces that need no mapper.

    A search by the object's id finds those in another space. Here they would need the mapped NeRFs of every mapper and
    training seed at once, which a large collection has no memory for.
    """
    values, explorer = RequestValues(request.query_params, ("k",)), explorer_of(request)
    object_id, k = _id(request, explorer), values.integer("k", 1, 24, 6)
    make, key = partial(_page, explorer, object_id, k), ("page", object_id, k)
    return Json(await explorer.questions.run(explorer.replies.get, key, lambda: json_bytes(make())))


async def get_view(request: Request) -> Response:
    """The object's NeRF as a PNG with alpha, from a free camera or from the camera of a ground-truth view."""
    values = RequestValues(request.query_params, ("az", "el", "size", "number"))
    explorer = explorer_of(request)
    object_id, study = _id(request, explorer), explorer.study
    size = values.integer("size", SMALLEST, LARGEST, 128)
    if values.text("number"):
        number = values.integer("number", 0, 10**6, 0)
        make = partial(study.render_view, object_id, number, size)
        return await _picture(
            explorer.frames, explorer, ("render", object_id, number, size), lambda: pictures.encode(make())
        )
    azimuth = round(values.number("az", -3600, 3600, 45) % 360, 2)
    elevation = round(values.number("el", -89, 89, 25), 2)
    make = partial(study.render, object_id, float(azimuth), float(elevation), size)
    return await _picture(
        explorer.frames, explorer, ("view", object_id, azimuth, elevation, size), lambda: pictures.encode(make())
    )


async def get_picture(request: Request) -> Response:
    """One of the object's ground-truth views: PNG with alpha."""
    values, explorer = RequestValues(request.query_params, ("number",)), explorer_of(request)
    number, object_id = values.integer("number", 0, 10**6, 0), _id(request, explorer)
    key = "truth", object_id, number
    return await _picture(explorer.pictures, explorer, key, lambda: explorer.study.view(object_id, number))


async def get_field(request: Request) -> Response:
    """The object's weights and occupancy grid, as a safetensors file."""
    RequestValues(request.query_params, ())
    explorer = explorer_of(request)
    data = await explorer.frames.run(_field, explorer, _id(request, explorer))
    return Response(data, media_type="application/octet-stream", headers=CACHE_HEADERS)


def _id(request: Request, explorer: Explorer) -> str:
    object_id = clean(request.path_params["object_id"])
    explorer.check_id(object_id)
    return object_id


def _page(explorer: Explorer, object_id: str, k: int) -> dict[str, Any]:
    study = explorer.study
    page, query = study.object(object_id), study.query(nerf=object_id)
    names = [space.name for space in study.variants if space.name in (NF2VEC, CLIP_MEAN)]
    answers = [study.search(query=query, by=name, k=k) for name in names]
    neighbours = {
        answer.by: [row.as_dict() | {"right": is_right(row.class_name, page.class_name)} for row in answer.rows]
        for answer in answers
    }
    also = {"neighbours": neighbours, "origin": asdict(study.origin), "warning": answers[0].warning}
    return asdict(page) | also


async def _picture(lane: Lane, explorer: Explorer, key: Hashable, make: Callable[[], bytes]) -> Response:
    data = await lane.run(explorer.replies.get, key, make)
    return Response(data, media_type="image/png", headers=CACHE_HEADERS)


def _field(explorer: Explorer, object_id: str) -> bytes:
    study = explorer.study
    nerf = study.nerf(object_id)
    return field_file(np.asarray(nerf.weights), nerf.occupancy, study.params)
