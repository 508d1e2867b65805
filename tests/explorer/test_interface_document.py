"""The server, docs/explorer.md and the page name the same requests and parameters."""

import re
from pathlib import Path

import pytest

from fieldlink.explorer.server import routes

ROOT = Path(__file__).parent.parent.parent
DOCUMENT = (ROOT / "docs" / "explorer.md").read_text(encoding="utf-8")
API = (ROOT / "fieldlink" / "explorer" / "static" / "api.js").read_text(encoding="utf-8")
FOR_OTHER_PAGES = {("GET", "/api/why")}  # to which the result page links


def server_requests() -> set[tuple[str, str]]:
    """Method and path of each route of the interface."""
    requests = {(method, route.path) for route in routes() for method in (route.methods or ()) if method != "HEAD"}
    return {(method, path.replace("{object_id}", "<id>")) for method, path in requests if path.startswith("/api/")}


def page_requests() -> set[tuple[str, str]]:
    """Method and path of each request of the page."""
    requests = set()
    for line in API.splitlines():
        if match := re.search(r'"(/api/[a-z-]+)"|objectPath\(id(?:, "(/[a-z]+)")?\)', line):
            path = match[1] or f"/api/objects/<id>{match[2] or ''}"
            requests.add(("POST" if "post: true" in line else "GET", path))
    return requests


def test_what_is_served_is_documented_and_what_is_documented_is_served():
    documented = re.findall(r"^\| `(GET|POST) (/api/[^`?]+)", DOCUMENT, re.MULTILINE)
    assert set(documented) == server_requests()


def test_the_page_asks_for_nothing_else():
    assert page_requests() == server_requests() - FOR_OTHER_PAGES


@pytest.mark.parametrize(("method", "path"), sorted(server_requests()))
def test_each_parameter_is_documented_and_any_other_is_an_error(client, study, method, path):
    reply = client.send(method, path.replace("<id>", study.ids[0]), none_such="1")
    assert reply.status == 400
    expected = re.search(r"no parameter here, expected (.*)", reply.json["error"])
    assert expected
    lines = [line for line in DOCUMENT.splitlines() if f"`{method} {path}?" in line or f"`{method} {path}`" in line]
    text = " ".join([*lines, DOCUMENT.split("A search takes")[1].split("\n\n")[0]])
    for name in filter(None, expected[1].split(", ")):
        assert re.search(rf"[?&]{name}=|`{name}=?`", text), name
