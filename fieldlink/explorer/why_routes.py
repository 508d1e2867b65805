"""`GET /api/why`: what stands behind one number of a table, as `fieldlink why` prints it."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from fieldlink.explorer.explorer import explorer_of
from fieldlink.explorer.request_values import RequestValues

NAMES = ("table", "row", "column", "metric")


async def get_why(request: Request) -> Response:
    """The explanation as plain text. A study that can't explain its numbers is a 404."""
    values, explorer = RequestValues(request.query_params, NAMES), explorer_of(request)
    if explorer.explain is None:
        raise HTTPException(404, "this explorer has no tables to explain")
    table, row, column, metric = (values.text(name) for name in NAMES)
    return PlainTextResponse(await explorer.questions.run(explorer.explain, table, row, column, metric))
