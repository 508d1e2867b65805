"""`GET` and `POST /api/search`: the NeRFs nearest to a text, an object, a file, or an earlier query."""

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from fieldlink.explorer.bodies import body_of
from fieldlink.explorer.explorer import Explorer, RememberedQuery, explorer_of, handle_of
from fieldlink.explorer.json_replies import Json
from fieldlink.explorer.request_values import RequestValues
from fieldlink.explorer.uploads import MESHES, NERF, file_name, kind_of, query_of

if TYPE_CHECKING:
    from fieldlink.search.answers import Answer, Query

FILTERS = ("class", "split", "psnr", "copies")
SEARCH = ("by", "seed", "k", *FILTERS)
QUESTIONS = ("text", "nerf", "query")  # a request without a body has one of them
MOST_ROWS = 100


async def get_search(request: Request) -> Response:
    """Objects nearest to a text, to an object of the collection, or to the query of an earlier answer.

    A text that is the id of an object of the collection names that object.
    """
    values, explorer = RequestValues(request.query_params, (*QUESTIONS, *SEARCH)), explorer_of(request)
    return Json(await explorer.questions.run(lambda: _reply(explorer, values, query_of_values(explorer, values))))


async def post_search(request: Request) -> Response:
    """Objects nearest to the file in the request's body. `suffix` tells a mesh or a NeRF from a picture."""
    values, explorer = RequestValues(request.query_params, (*SEARCH, "suffix", "name")), explorer_of(request)
    query = await query_of_body(request, explorer, values)
    return Json(await explorer.questions.run(lambda: _reply(explorer, values, query)))


async def query_of_body(request: Request, explorer: Explorer, values: RequestValues) -> RememberedQuery:
    """The query of the file in a request's body. Meshes are fitted one at a time."""
    suffix = values.choice("suffix", ("", *MESHES, NERF))
    with explorer.bodies.reserved():  # before the body is read, so that many connections hold no more
        data = await body_of(request)
        kind = kind_of(data, suffix)
        name = file_name(values.text("name"), suffix)
        handle = handle_of(f"mesh {name}" if kind == "mesh" else kind, data)
        lane = explorer.fits if kind == "mesh" and not explorer.remembers(handle) else explorer.questions
        return await lane.run(explorer.remember, handle, lambda: query_of(explorer.study, data, suffix, name))


def query_of_values(explorer: Explorer, values: RequestValues) -> RememberedQuery:
    """The query of a request without a body."""
    questions = [(name, values.text(name)) for name in QUESTIONS if values.text(name)]
    if len(questions) != 1:
        raise HTTPException(400, f"expected exactly one of {', '.join(QUESTIONS)}")
    (name, value), study = questions[0], explorer.study
    if name == "query":
        return explorer.earlier_query(value)
    if name == "text" and value in study.collection.index:
        name = "nerf"  # as `fieldlink ask` decides
    handle = handle_of(name, value.encode())
    if name == "text":
        return explorer.remember(handle, lambda: study.query(text=value))
    explorer.check_id(value)  # `Study.query` would take the path of a folder too
    return explorer.remember(handle, lambda: study.query(nerf=value))


def _reply(explorer: Explorer, values: RequestValues, query: RememberedQuery) -> dict[str, Any]:
    """The answer to a query, with the query's handle, the expected class, and whether each row has it."""
    answer = answer_to(explorer, values, query.query).as_dict()
    expected = expected_class(explorer, query.query)
    rows = [row | {"right": is_right(row["class_name"], expected)} for row in answer["rows"]]
    fields = query_fields(query.query, values) | {"handle": query.handle, "class_name": expected}
    return answer | {"rows": rows, "query": fields}


def answer_to(explorer: Explorer, values: RequestValues, query: "Query") -> "Answer":
    """The study's answer to a query, with a request's filters."""
    study = explorer.study
    by = values.choice("by", [space.name for space in study.variants])
    k = values.integer("k", 1, MOST_ROWS, 10)
    return study.search(query=query, by=by or None, seed=requested_seed(values), k=k, **filters_of(values))


def filters_of(values: RequestValues) -> dict[str, Any]:
    """The values of `FILTERS`, as `Study.search` and `Collection.allowed` take them."""
    return {
        "split": values.texts("split") or None,
        "classes": values.texts("class") or None,
        "least_psnr": values.number("psnr", -100, 200, 0) if values.text("psnr") else None,
        "copies": values.integer("copies", 0, 1, 0) == 1,
    }


def requested_seed(values: RequestValues) -> Any:
    """The training seed, or `mean`. That is the default: a server maps all NeRFs by every seed once.

    The defaults of Python and the shell are seed 0, because a process that ends after its answer starts sooner so.
    """
    text = values.text("seed")
    return "mean" if text in ("", "mean") else values.integer("seed", 0, 2**31 - 1, 0)


def query_fields(query: "Query", values: RequestValues) -> dict[str, Any]:
    """A query without its vectors. A file has the name that the user gave it, and no path."""
    name = query.name if query.kind == "text" or not query.foreign else values.text("name") or query.kind
    return query.as_dict() | {"name": name}


def expected_class(explorer: Explorer, query: "Query") -> str | None:
    """The class of right rows: of an object its own, of a text the only class that it names; else None."""
    study = explorer.study
    if not query.foreign:
        return study.object(query.name).class_name
    if query.kind != "text":
        return None
    words = set("".join(letter if letter.isalnum() else " " for letter in query.name.lower()).split())
    nouns = {name: {name, study.params.classes[name].noun.split()[-1]} for name in study.classes}
    classes = [name for name, forms in nouns.items() if words & (forms | {f"{form}s" for form in forms})]
    return classes[0] if len(classes) == 1 else None


def is_right(class_name: str | None, expected: str | None) -> bool | None:
    """Whether an object's class is the expected one; None where either is unknown."""
    return None if class_name is None or expected is None else class_name == expected
