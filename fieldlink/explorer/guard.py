"""Checks of every request before anything reads it, and security headers of every reply.

A page of another site can make a browser send requests to 127.0.0.1. The name of that site in `Host` (DNS rebinding)
or its address in `Origin` gives it away.
"""

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fieldlink.explorer.json_replies import problem

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
UNSPECIFIED = ("0.0.0.0", "::")
HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?P<port>:\d{1,5})?", re.IGNORECASE)
POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
}


class Guard:
    """An application behind the checks of hosts and origins. All replies carry `HEADERS`."""

    def __init__(self, application: ASGIApp, host: str) -> None:
        """`host`: the address that the server listens on. 0.0.0.0 and :: allow any address in digits."""
        self._application = application
        self._names = LOOPBACK | {host.strip("[]").lower()}
        self._any_address = host in UNSPECIFIED

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS.items()]
            await send(message)

        if scope["type"] != "http":  # no websockets
            return
        if refusal := self._refusal(scope["headers"]):
            await problem(403, refusal)(scope, receive, send_with_headers)
        else:
            await self._application(scope, receive, send_with_headers)

    def _refusal(self, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """The reason to refuse a request with these headers, or ''."""
        hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
        origins = [value.decode("latin-1") for name, value in headers if name == b"origin"]
        if len(hosts) != 1 or not self._is_own(hosts[0]):
            return "Host must name the address that this server listens on"
        if any(urlsplit_netloc(origin) != hosts[0].lower() for origin in origins):
            return "Origin must be this server's own page"
        return ""

    def _is_own(self, host: str) -> bool:
        match = HOST.fullmatch(host)
        name = match["name"].strip("[]").lower() if match else ""
        return name in self._names or (self._any_address and _is_address(name))


def urlsplit_netloc(origin: str) -> str:
    """Host and port of an origin; '' if it has none, as `null` has."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
