"""Replies to requests as JSON. An error is `{"error": why}`; its status is 4xx, or 500 for an error of the code."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from fieldlink.core.errors import InputError


class Json(Response):
    """JSON, of a value or as bytes that `json_bytes` made."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return content if isinstance(content, bytes) else json_bytes(content)


def json_bytes(content: Any) -> bytes:
    """The text of compact JSON. A number that is not finite is null."""
    return json.dumps(finite(content), separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def finite(value: Any) -> Any:
    """The value, with None in place of every float that isn't finite."""
    if isinstance(value, Mapping):
        return {str(name): finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [finite(part) for part in value]
    return None if isinstance(value, float) and not abs(value) < float("inf") else value


def problem(status: int, why: str, headers: Mapping[str, str] | None = None) -> Response:
    """The reply to a request that can't be served."""
    return Json({"error": why}, status, headers)


def busy(seconds: int, what: str) -> HTTPException:
    """The error of a busy server. The same request may come again in `seconds`."""
    return HTTPException(429, f"{what}; try again in {seconds} s", {"Retry-After": str(seconds)})


def http_error(request: Request, error: Exception) -> Response:
    """The reply to an error of Starlette (no such page, wrong method) or of a route."""
    assert isinstance(error, HTTPException)
    return problem(error.status_code, error.detail, error.headers)


def input_error(request: Request, error: Exception) -> Response:
    """The reply to a mistake in a question."""
    return problem(400, str(error))


def unexpected_error(request: Request, error: Exception) -> Response:
    """The reply to an error of the code. The error's words may hold paths, so that they go to the log alone."""
    return problem(500, "the server failed; its log has the cause")


HANDLERS = {HTTPException: http_error, InputError: input_error, Exception: unexpected_error}
