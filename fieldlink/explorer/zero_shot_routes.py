"""`POST /api/zero-shot`: which of some prompts fits a NeRF, a mesh or a picture best."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from fieldlink.explorer.explorer import Explorer, RememberedQuery, explorer_of
from fieldlink.explorer.json_replies import Json
from fieldlink.explorer.request_values import RequestValues
from fieldlink.explorer.search_routes import query_fields, query_of_body, query_of_values, requested_seed

NAMES = ("nerf", "query", "prompt", "by", "seed", "suffix", "name")


async def post_zero_shot(request: Request) -> Response:
    """Labels of an object or an earlier query, or of the file in the body; by default the study's classes."""
    explorer = explorer_of(request)
    values = RequestValues(request.query_params, NAMES)
    if values.text("nerf") or values.text("query"):
        return Json(await explorer.questions.run(lambda: _reply(explorer, values, query_of_values(explorer, values))))
    query = await query_of_body(request, explorer, values)
    return Json(await explorer.questions.run(lambda: _reply(explorer, values, query)))


def _reply(explorer: Explorer, values: RequestValues, query: RememberedQuery) -> dict[str, Any]:
    study = explorer.study
    if query.query.kind == "text":
        raise HTTPException(400, "query: a text, expected a picture, a mesh or a NeRF")
    names = [space.name for space in study.variants if space.direction == "nerf2clip"]
    answer = study.classify(
        query=query.query,
        prompts=values.texts("prompt") or None,
        by=values.choice("by", names) or None,
        seed=requested_seed(values),
    )
    return answer.as_dict() | {"query": query_fields(query.query, values) | {"handle": query.handle}}
