"""`GET /api/map`: a space in two dimensions, and the place of a query in it."""

from dataclasses import asdict
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fieldlink.explorer.answers import Json, json_bytes
from fieldlink.explorer.explorer import Explorer, explorer_of
from fieldlink.explorer.parameters import Parameters
from fieldlink.explorer.search_routes import FILTERS, QUESTIONS, answer_to, described_query, requested_query

SPACES = ("nerf_embedding", "clip_embedding")


async def get_map(request: Request) -> Response:
    """Places of all objects in a space; with a question also the query's, the mean place of its nearest objects."""
    parameters, explorer = Parameters(request.query_params, ("space", *QUESTIONS, *FILTERS)), explorer_of(request)
    space = parameters.choice("space", SPACES) or SPACES[0]
    if any(parameters.text(name) for name in QUESTIONS):
        return Json(await explorer.questions.run(_map_with_query, explorer, parameters, space))
    make = partial(_map, explorer, space)
    return Json(await explorer.questions.run(explorer.answers.get, ("map", space), lambda: json_bytes(make())))


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


def _map_with_query(explorer: Explorer, parameters: Parameters, space: str) -> dict[str, Any]:
    _, query = requested_query(explorer, parameters)
    place = explorer.study.map_place(answer_to(explorer, parameters, query), space)
    described = described_query(query, parameters) | {"x": float(place[0]), "y": float(place[1])}
    return _map(explorer, space) | {"query": described}
