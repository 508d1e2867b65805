"""`GET` and `POST /api/search`: the NeRFs nearest to a text, an object, a file, or an earlier query."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from fieldlink.explorer.answers import Json
from fieldlink.explorer.bodies import body_of
from fieldlink.explorer.explorer import Explorer, explorer_of, handle_of
from fieldlink.explorer.parameters import Parameters
from fieldlink.explorer.uploads import MESHES, NERF, kind_of, query_of

if TYPE_CHECKING:
    from fieldlink.search.answers import Answer, Query

FILTERS = ("by", "seed", "k", "class", "split", "psnr", "copies")
QUESTIONS = ("text", "nerf", "query")  # of which a request without a body has one
MOST_ROWS = 100


async def get_search(request: Request) -> Response:
    """Objects nearest to a text, to an object of the collection, or to the query of an earlier answer."""
    parameters, explorer = Parameters(request.query_params, (*QUESTIONS, *FILTERS)), explorer_of(request)
    return Json(
        await explorer.questions.run(lambda: found(explorer, parameters, requested_query(explorer, parameters)))
    )


async def post_search(request: Request) -> Response:
    """Objects nearest to the file in the request's body; `suffix` says what a mesh or a NeRF is."""
    parameters, explorer = Parameters(request.query_params, (*FILTERS, "suffix", "name")), explorer_of(request)
    query = await uploaded(request, explorer, parameters)
    return Json(await explorer.questions.run(lambda: found(explorer, parameters, query)))


async def uploaded(request: Request, explorer: Explorer, parameters: Parameters) -> "tuple[str, Query]":
    """Handle and query of the file in a request's body. Meshes are fitted one at a time."""
    suffix = parameters.choice("suffix", ("", *MESHES, NERF))
    data = await body_of(request)
    kind = kind_of(data, suffix)
    handle = handle_of(suffix if kind == "mesh" else kind, data)
    lane = explorer.fits if kind == "mesh" and not explorer.knows(handle) else explorer.questions
    query = await lane.run(explorer.remember, handle, lambda: query_of(explorer.study, data, suffix))
    return handle, query


def requested_query(explorer: Explorer, parameters: Parameters) -> "tuple[str, Query]":
    """Handle and query of a request without a body."""
    questions = [(name, parameters.text(name)) for name in QUESTIONS if parameters.text(name)]
    if len(questions) != 1:
        raise HTTPException(400, f"expected exactly one of {', '.join(QUESTIONS)}")
    (name, value), study = questions[0], explorer.study
    if name == "query":
        return value, explorer.remembered(value)
    handle = handle_of(name, value.encode())
    if name == "text":
        return handle, explorer.remember(handle, lambda: study.query(text=value))
    explorer.check_id(value)  # `Study.query` would take the path of a folder too
    return handle, explorer.remember(handle, lambda: study.query(nerf=value))


def found(explorer: Explorer, parameters: Parameters, query: "tuple[str, Query]") -> dict[str, Any]:
    """The answer to a query, with its handle and what is right."""
    answer = answer_to(explorer, parameters, query[1])
    expected = expected_class(explorer, query[1])
    rows = [row | {"right": right(row["class_name"], expected)} for row in answer.as_dict()["rows"]]
    described = described_query(query[1], parameters) | {"handle": query[0], "class_name": expected}
    return answer.as_dict() | {"rows": rows, "query": described}


def answer_to(explorer: Explorer, parameters: Parameters, query: "Query") -> "Answer":
    """What the study finds, with a request's filters."""
    study = explorer.study
    by = parameters.choice("by", [variant.name for variant in study.variants])
    psnr = parameters.text("psnr")
    return study.search(
        query=query,
        by=by or None,
        seed=seed_of(parameters),
        k=parameters.integer("k", 1, MOST_ROWS, 10),
        split=_some(parameters.texts("split")),
        classes=_some(parameters.texts("class")),
        least_psnr=parameters.number("psnr", -100, 200, 0) if psnr else None,
        copies=parameters.integer("copies", 0, 1, 0) == 1,
    )


def seed_of(parameters: Parameters) -> Any:
    """Seed of training; `mean` over all of them by default."""
    text = parameters.text("seed")
    return "mean" if text in ("", "mean") else parameters.integer("seed", 0, 2**31 - 1, 0)


def described_query(query: "Query", parameters: Parameters) -> dict[str, Any]:
    """A query without its vectors; a file by the name that it has for the user, never by where it lay."""
    name = query.name if query.kind == "text" or not query.foreign else parameters.text("name") or query.kind
    return {"kind": query.kind, "name": name, "digest": query.digest, "foreign": query.foreign}


def expected_class(explorer: Explorer, query: "Query") -> str | None:
    """The class that a right answer has: of an object its own, of a text the only class that it names."""
    study = explorer.study
    if not query.foreign:
        return study.object(query.name).class_name
    if query.kind != "text":
        return None
    words = set("".join(letter if letter.isalnum() else " " for letter in query.name.lower()).split())
    nouns = {name: {name, study.params.classes[name].noun.split()[-1]} for name in study.classes}
    named = [name for name, forms in nouns.items() if words & (forms | {f"{form}s" for form in forms})]
    return named[0] if len(named) == 1 else None


def right(class_name: str | None, expected: str | None) -> bool | None:
    """Whether an object's class is the expected one; None where either is unknown."""
    return None if class_name is None or expected is None else class_name == expected


def _some(values: Sequence[str]) -> Sequence[str] | None:
    return values or None
