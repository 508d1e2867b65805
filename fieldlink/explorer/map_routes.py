"""`GET /api/map`: a space in two dimensions, and the place of a query in it."""

from dataclasses import asdict
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fieldlink.explorer.explorer import Explorer, explorer_of
from fieldlink.explorer.json_replies import Json, json_bytes
from fieldlink.explorer.request_values import RequestValues
from fieldlink.explorer.search_routes import FILTERS, QUESTIONS, answer_to, query_fields, query_of_values

SPACES = ("nerf_embedding", "clip_embedding")


async def get_map(request: Request) -> Response:
    """Places of all objects in a space. With a question the query's too: the mean place of its nearest objects."""
    values, explorer = RequestValues(request.query_params, ("space", *QUESTIONS, *FILTERS)), explorer_of(request)
    space = values.choice("space", SPACES) or SPACES[0]
    if any(values.text(name) for name in QUESTIONS):
        return Json(await explorer.questions.run(_map_with_query, explorer, values, space))
    make = partial(_map, explorer, space)
    return Json(await explorer.questions.run(explorer.replies.get, ("map", space), lambda: json_bytes(make())))


def _map(explorer: Explorer, space: str) -> dict[str, Any]:
    study = explorer.study
    points = study.map_points(space)
    return {
        "space": points.space,
        "ids": list(points.ids),
        "classes": list(points.classes),
        "x": [round(float(x), 4) for x in points.places[:, 0]],
        "y": [round(float(y), 4) for y in points.places[:, 1]],
        "origin": asdict(study.origin),
    }


def _map_with_query(explorer: Explorer, values: RequestValues, space: str) -> dict[str, Any]:
    query = query_of_values(explorer, values).query
    place = explorer.study.map_place(answer_to(explorer, values, query), space)
    return _map(explorer, space) | {"query": query_fields(query, values) | {"x": float(place[0]), "y": float(place[1])}}
