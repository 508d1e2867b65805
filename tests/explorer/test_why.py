"""`GET /api/why` gives the text of a number's explanation."""

from explorer.serving import serving

from fieldlink.core.errors import InputError
from fieldlink.explorer.explorer import Explorer


def explain(table: str, row: str, column: str, metric: str) -> str:
    if table != "4.4a":
        raise InputError(f"no table {table!r}")
    return f"{table}, {row}, {column}, {metric or 'any metric'}\n"


def test_a_number_is_explained_as_plain_text(study):
    with serving(Explorer(study, explain)) as client:
        reply = client.get("/api/why", table="4.4a", row="nerf2clip siglip", column="recall@1")
        assert (reply.status, reply.body) == (200, b"4.4a, nerf2clip siglip, recall@1, any metric\n")
        assert reply.headers["content-type"].startswith("text/plain")
        assert client.get("/api/why", table="<b>", row="", column="").json == {"error": "no table '<b>'"}


def test_an_explorer_without_tables_says_so(client):
    assert client.get("/api/why", table="4.4a", row="a", column="b").status == 404
