"""`GET /api/map`: a space in two dimensions, and the place of a query in it.

A map of a study's t-SNE has its test objects alone. Filters leave out objects."""

from dataclasses import asdict
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fieldlink.explorer.explorer import Explorer, explorer_of
from fieldlink.explorer.json_replies import Json, json_bytes
from fieldlink.explorer.request_values import RequestValues
from fieldlink.explorer.search_routes import FILTERS, QUESTIONS, answer_to, filters_of, query_fields, query_of_values

SPACES = ("nerf_embedding", "clip_embedding")


async def get_map(request: Request) -> Response:
    """Places of objects in a space. With a question the query's too: the mean place of its nearest objects."""
    names = ("space", *QUESTIONS, "by", "seed", *FILTERS)
    values, explorer = RequestValues(request.query_params, names), explorer_of(request)
    space = values.choice("space", SPACES) or SPACES[0]
    if any(values.text(name) for name in QUESTIONS):
        return Json(await explorer.questions.run(_map_with_query, explorer, values, space))
    filters = filters_of(values)
    key, make = ("map", space, repr(filters)), partial(_map, explorer, space, filters)
    return Json(await explorer.questions.run(explorer.replies.get, key, lambda: json_bytes(make())))


def _map(explorer: Explorer, space: str, filters: dict[str, Any]) -> dict[str, Any]:
    study = explorer.study
    points, allowed = study.map_points(space), study.collection.allowed(**filters)
    rows = [row for row, name in enumerate(points.ids) if allowed[study.collection.index[name]]]
    return {
        "space": points.space,
        "ids": [points.ids[row] for row in rows],
        "classes": [points.classes[row] for row in rows],
        "x": [round(float(points.positions[row, 0]), 4) for row in rows],
        "y": [round(float(points.positions[row, 1]), 4) for row in rows],
        "origin": asdict(study.origin),
    }


def _map_with_query(explorer: Explorer, values: RequestValues, space: str) -> dict[str, Any]:
    """The map with the query among the objects that pass the filters; its place is null if none does."""
    points = _map(explorer, space, filters_of(values))
    answer = answer_to(explorer, values, query_of_values(explorer, values).query)
    x, y = explorer.study.map_place(answer, space, among=points["ids"])
    query = query_fields(answer.query, values) | {"x": float(x), "y": float(y)}
    return points | {"query": query, "warning": answer.warning}
