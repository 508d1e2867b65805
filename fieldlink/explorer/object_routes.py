"""`/api/objects/<id>`: all that is known of an object, its pictures, and its NeRF as a file."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from fieldlink.explorer.answers import Json, json_bytes
from fieldlink.explorer.explorer import Explorer, explorer_of
from fieldlink.explorer.field_file import field_file
from fieldlink.explorer.parameters import Parameters, clean
from fieldlink.explorer.search_routes import right, seed_of
from fieldlink.scenes import pictures

SMALLEST, LARGEST = 16, 512  # pixels of a view, width and height
KEPT = {"Cache-Control": "private, max-age=600"}


async def get_object(request: Request) -> Response:
    """The object, and its neighbours in every space."""
    parameters, explorer = Parameters(request.query_params, ("k", "seed")), explorer_of(request)
    object_id = _id(request, explorer)
    key = object_id, parameters.integer("k", 1, 24, 6), seed_of(parameters)
    make = partial(_page, explorer, *key)
    return Json(await explorer.questions.run(explorer.answers.get, ("page", *key), lambda: json_bytes(make())))


async def get_view(request: Request) -> Response:
    """The object's NeRF as a PNG with alpha: from a free camera, or from that of one of its ground-truth views."""
    parameters = Parameters(request.query_params, ("az", "el", "size", "number"))
    explorer = explorer_of(request)
    object_id = _id(request, explorer)
    size = parameters.integer("size", SMALLEST, LARGEST, 128)
    if parameters.text("number"):
        number = parameters.integer("number", 0, 10**6, 0)
        return await _picture(explorer, ("render", object_id, number, size))
    azimuth = parameters.number("az", -3600, 3600, 45) % 360
    elevation = parameters.number("el", -89, 89, 25)
    return await _picture(explorer, ("view", object_id, round(azimuth, 2), round(elevation, 2), size))


async def get_picture(request: Request) -> Response:
    """One of the object's ground-truth views: PNG with alpha."""
    parameters, explorer = Parameters(request.query_params, ("number",)), explorer_of(request)
    number = parameters.integer("number", 0, 10**6, 0)
    return await _picture(explorer, ("truth", _id(request, explorer), number))


async def get_field(request: Request) -> Response:
    """The object's weights and occupancy grid, as a safetensors file."""
    Parameters(request.query_params, ())
    explorer = explorer_of(request)
    data = await explorer.frames.run(_field, explorer, _id(request, explorer))
    return Response(data, media_type="application/octet-stream", headers=KEPT)


def _id(request: Request, explorer: Explorer) -> str:
    object_id = clean(request.path_params["object_id"])
    explorer.check_id(object_id)
    return object_id


def _page(explorer: Explorer, object_id: str, k: int, seed: Any) -> dict[str, Any]:
    study = explorer.study
    page, query = study.object(object_id), study.query(nerf=object_id)
    spaces = [variant.name for variant in study.variants if "nerf" in variant.for_kinds]
    answers = [study.search(query=query, by=space, k=k, seed=seed) for space in spaces]
    neighbours = {
        answer.by: [row.as_dict() | {"right": right(row.class_name, page.class_name)} for row in answer.rows]
        for answer in answers
    }
    return asdict(page) | {"neighbours": neighbours, "origin": asdict(study.origin)}


async def _picture(explorer: Explorer, key: Sequence[Any]) -> Response:
    data = await explorer.frames.run(explorer.answers.get, tuple(key), lambda: _png(explorer, *key))
    return Response(data, media_type="image/png", headers=KEPT)


def _png(explorer: Explorer, kind: str, object_id: str, *rest: Any) -> bytes:
    study = explorer.study
    if kind == "truth":
        return study.view(object_id, rest[0])
    if kind == "render":
        return pictures.encode(study.render_view(object_id, rest[0], rest[1]))
    return pictures.encode(study.render(object_id, float(rest[0]), float(rest[1]), int(rest[2])))


def _field(explorer: Explorer, object_id: str) -> bytes:
    study = explorer.study
    nerf = study.nerf(object_id)
    return field_file(np.asarray(nerf.weights), nerf.occupancy, study.params)
