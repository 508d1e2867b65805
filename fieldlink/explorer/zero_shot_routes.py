"""`POST /api/zero-shot`: which of some prompts fits a NeRF, a mesh or a picture best."""

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from fieldlink.explorer.answers import Json
from fieldlink.explorer.explorer import Explorer, explorer_of
from fieldlink.explorer.parameters import Parameters
from fieldlink.explorer.search_routes import described_query, requested_query, seed_of, uploaded

if TYPE_CHECKING:
    from fieldlink.search.answers import Query

KNOWN = ("nerf", "query", "prompt", "by", "seed")


async def post_zero_shot(request: Request) -> Response:
    """Labels of an object or an earlier query, or of the file in the body; by default the study's classes."""
    explorer = explorer_of(request)
    parameters = Parameters(request.query_params, (*KNOWN, "suffix", "name"))
    if parameters.text("nerf") or parameters.text("query"):
        return Json(
            await explorer.questions.run(lambda: _labels(explorer, parameters, requested_query(explorer, parameters)))
        )
    query = await uploaded(request, explorer, parameters)
    return Json(await explorer.questions.run(lambda: _labels(explorer, parameters, query)))


def _labels(explorer: Explorer, parameters: Parameters, query: "tuple[str, Query]") -> dict[str, Any]:
    study = explorer.study
    if query[1].kind == "text":
        raise HTTPException(400, "query: a text, expected a picture, a mesh or a NeRF")
    names = [variant.name for variant in study.variants if variant.direction == "nerf2clip"]
    answer = study.classify(
        query=query[1],
        prompts=parameters.texts("prompt") or None,
        by=parameters.choice("by", names) or None,
        seed=seed_of(parameters),
    )
    return answer.as_dict() | {"query": described_query(query[1], parameters) | {"handle": query[0]}}
