"""Requests to a server on this machine, as raw as a test wants them."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Client:
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, headers: dict[str, str] | None = None, **parameters: Any) -> Reply:
        return self.send("GET", path, headers=headers, **parameters)

    def post(self, path: str, body: bytes = b"", headers: dict[str, str] | None = None, **parameters: Any) -> Reply:
        return self.send("POST", path, body, headers, **parameters)

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        **parameters: Any,
    ) -> Reply:
        """`parameters`: of the query string; `class_` stands for `class`, a list for several values."""
        named = {name.rstrip("_"): value for name, value in parameters.items()}
        target = f"{path}?{urlencode(named, doseq=True)}" if named else path
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            connection.request(method, target, body, headers or {})
            reply = connection.getresponse()
            return Reply(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
        finally:
            connection.close()
