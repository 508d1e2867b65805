"""The server of the explorer: its routes behind the guard, and how it listens."""

import socket
from collections.abc import Callable
from importlib import resources
from pathlib import PurePath
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fieldlink.core.errors import InputError
from fieldlink.explorer import map_routes, object_routes, search_routes, study_routes, why_routes, zero_shot_routes
from fieldlink.explorer.explorer import Explain, Explorer
from fieldlink.explorer.guard import Guard
from fieldlink.explorer.json_replies import HANDLERS

if TYPE_CHECKING:
    from fieldlink.search.finished_study import Study

TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".glsl": "text/plain",
    ".svg": "image/svg+xml",
}
START = "index.html"


def application(explorer: Explorer, host: str = "127.0.0.1") -> Guard:
    """The explorer as an ASGI application; `host`: the address that it will listen on."""
    inner = Starlette(routes=routes(), exception_handlers=HANDLERS)
    inner.state.explorer = explorer
    inner.state.files = _files()
    return Guard(inner, host)


def routes() -> list[Route]:
    """All that is answered. docs/explorer.md describes what begins with /api."""
    objects = "/api/objects/{object_id}"
    return [
        Route("/", _static),
        Route("/static/{name}", _static),
        Route("/api/study", study_routes.get_study),
        Route("/api/search", search_routes.get_search),
        Route("/api/search", search_routes.post_search, methods=["POST"]),
        Route("/api/map", map_routes.get_map),
        Route("/api/why", why_routes.get_why),
        Route("/api/zero-shot", zero_shot_routes.post_zero_shot, methods=["POST"]),
        Route(f"{objects}/view", object_routes.get_view),
        Route(f"{objects}/picture", object_routes.get_picture),
        Route(f"{objects}/field", object_routes.get_field),
        Route(objects, object_routes.get_object),
    ]


def serve(study: "Study", host: str, port: int, announce: Callable[[str], None], explain: Explain) -> None:
    """Answer until a signal comes. `port` 0: any free one. `announce` gets the address once it is open.

    `explain`: the text of what stands behind a number of the study's tables. Raises `InputError` for an address that
    isn't free.
    """
    explorer = Explorer(study, explain)
    explorer.prepare()
    with listening_socket(host, port) as listening:
        url_host = f"[{host}]" if ":" in host else host
        announce(f"http://{url_host}:{listening.getsockname()[1]}/")
        http_server(explorer, host).run(sockets=[listening])


def http_server(explorer: Explorer, host: str = "127.0.0.1") -> uvicorn.Server:
    """The server of an explorer, not running yet."""
    quiet = {"log_level": "warning", "access_log": False, "server_header": False}
    return uvicorn.Server(uvicorn.Config(application(explorer, host), http="h11", ws="none", lifespan="off", **quiet))


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens on an address. Raises `InputError` if the address isn't free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # requests wait from now on, and aren't refused, until the server takes them
    except OSError as error:
        listening.close()
        raise InputError(f"{host}:{port}: {error.strerror}; choose another with --port") from error
    return listening


def _files() -> dict[str, bytes]:
    """The page's files by name. They are in memory, so that no request names a path."""
    folder = resources.files("fieldlink.explorer") / "static"
    return {file.name: file.read_bytes() for file in folder.iterdir() if PurePath(file.name).suffix in TYPES}


async def _static(request: Request) -> Response:
    name = request.path_params.get("name", START)
    files: dict[str, bytes] = request.app.state.files
    if name not in files:
        raise HTTPException(404, "no such file")
    headers = {"Cache-Control": "no-cache"}
    return Response(files[name], media_type=TYPES[PurePath(name).suffix], headers=headers)
