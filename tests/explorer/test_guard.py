"""Requests that no page of this server sends are refused, whatever they ask."""

import http.client
import io
import json
import socket
import threading
import time
import zlib
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import trimesh

from fieldlink.explorer.bodies import MOST_AT_ONCE, MOST_BYTES
from fieldlink.explorer.guard import Guard
from fieldlink.scenes import pictures


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "", "[::1"])
def test_another_hosts_name_is_refused(client, host):
    assert client.get("/api/study", {"Host": host}).status in (400, 403)


@pytest.mark.parametrize("host", ["localhost:1234", "127.0.0.1", "[::1]:80", "LOCALHOST"])
def test_this_machines_names_are_answered(client, host):
    assert client.get("/", {"Host": host}).status == 200


def test_a_page_of_another_site_may_not_ask(client):
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1"):
        assert client.post("/api/zero-shot", headers={"Origin": origin}).status == 403
    assert client.get("/api/study", {"Origin": client.address}).status == 200


async def silent(scope: object, receive: object, send: object) -> None:
    """An application that answers nothing."""


def test_a_server_told_to_listen_everywhere_answers_addresses_but_no_strange_names():
    guard = Guard(silent, "0.0.0.0")
    assert guard._is_own("192.0.2.7:8765")
    assert guard._is_own("localhost")
    assert not guard._is_own("evil.example")
    assert not Guard(silent, "127.0.0.1")._is_own("192.0.2.7")


def test_every_answer_forbids_what_the_page_does_not_need(client):
    for path in ("/", "/static/main.js", "/api/study", "/nothing"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers


def test_a_large_body_is_refused_before_it_is_read(client):
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)
    connection.putrequest("POST", "/api/search")
    connection.putheader("Content-Length", str(MOST_BYTES + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_more_bodies_than_may_come_at_a_time_are_refused_before_they_are_read(client):
    head = b"POST /api/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n"
    with ExitStack() as connections:
        for _ in range(MOST_AT_ONCE):
            slow = connections.enter_context(socket.create_connection(("127.0.0.1", client.port), timeout=30))
            slow.sendall(head)
        reply = reply_with(client, 429)
        assert int(reply.headers["retry-after"]) > 0
        assert client.get("/api/search", text="a lamp").status == 200
    assert reply_with(client, 400).json["error"]  # the others have gone


def reply_with(client, status):
    """The reply to a file that is none, asked for until it has a status."""
    end = time.monotonic() + 30
    while (reply := client.post("/api/search", b"none")).status != status:
        assert time.monotonic() < end, reply
        time.sleep(0.02)
    return reply


def test_a_body_without_a_length_is_counted(client):
    chunk = b"%x\r\n" % 2**20 + bytes(2**20) + b"\r\n"
    with socket.create_connection(("127.0.0.1", client.port), timeout=30) as raw:
        raw.sendall(b"POST /api/search HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            for _ in range(MOST_BYTES // 2**20 + 1):
                raw.sendall(chunk)
        except OSError:  # it has answered and hung up
            pass
        assert raw.recv(64).startswith(b"HTTP/1.1 413")


def bomb(side):
    """A PNG of side² black pixels, in a few kilobytes."""

    def part(kind, data):
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    header = side.to_bytes(4) * 2 + bytes([8, 2, 0, 0, 0])
    data = zlib.compress(bytes(1024), 9)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", data) + part(b"IEND", b"")


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(client):
    assert client.post("/api/search", bomb(5000)).status == 413
    assert client.post("/api/search", bomb(60_000)).status in (400, 413)


@pytest.mark.parametrize("suffix", ["", "safetensors", "glb", "obj", "ply", "stl", "off", "dae", "3mf", "gltf"])
def test_bytes_that_are_nothing_are_an_error_of_the_request(client, suffix):
    random = np.random.default_rng(0)
    for body in (b"\0", b"{}", b"<svg/>", random.bytes(4000), b"PK\x03\x04" + random.bytes(300), b"glTF" + bytes(40)):
        reply = client.post("/api/search", body, suffix=suffix)
        assert reply.status in (400, 413), reply.body
        assert "/tmp" not in reply.json["error"]
    assert client.post("/api/search", b"", suffix=suffix).status == 400


def test_a_pickle_is_no_kind_of_file(client):
    assert client.post("/api/search", b"\x80\x04.", suffix="pth").status == 400


def triangle(uri):
    """A glTF file of one triangle, whose numbers lie at an address."""
    accessor = {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", "min": [0] * 3, "max": [1] * 3}
    return json.dumps(
        {
            "asset": {"version": "2.0"},
            "buffers": [{"uri": uri, "byteLength": 36}],
            "bufferViews": [{"buffer": 0, "byteLength": 36}],
            "accessors": [accessor],
            "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
            "nodes": [{"mesh": 0}],
            "scenes": [{"nodes": [0]}],
            "scene": 0,
        }
    ).encode()


@pytest.mark.parametrize("path", ["/api/search", "/api/zero-shot"])
def test_a_mesh_that_names_an_address_makes_no_connection(client, path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        reply = client.post(path, triangle(f"http://127.0.0.1:{listener.getsockname()[1]}/x"), suffix="gltf")
        with pytest.raises(TimeoutError):
            listener.accept()
    assert reply.status == 400, reply.body


@pytest.mark.parametrize("uri", ["../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "..%2f..%2fetc%2fpasswd"])
def test_a_mesh_that_names_another_file_reads_nothing_of_it(client, uri):
    reply = client.post("/api/search", triangle(uri), suffix="gltf", name="triangle.gltf")
    assert reply.status == 400, reply.body
    first = Path("/etc/passwd").read_text(encoding="utf-8").splitlines()[0]
    assert first not in reply.body.decode()


def test_a_nerf_of_other_numbers_is_refused(client, study):
    from safetensors.numpy import save

    stored = study.nerf(study.ids[0])
    weights, bits = np.array(stored.weights), np.frombuffer(stored.occupancy, np.uint8)
    wrong = [
        {"weights": weights[:-1], "occupancy": bits},
        {"weights": np.full_like(weights, np.nan), "occupancy": bits},
        {"weights": weights * 1e30, "occupancy": bits},
        {"weights": weights, "occupancy": bits[:-1]},
        {"weights": weights.astype(np.float64), "occupancy": bits},
        {"weights": weights},
    ]
    for tensors in wrong:
        assert client.post("/api/search", save(tensors), suffix="safetensors").status == 400


def test_a_second_fit_is_told_to_come_back(client, explorer, monkeypatch):
    """While one mesh is fitted, another is refused at once; a text is answered."""
    start, end = threading.Event(), threading.Event()
    query = explorer.study.query(text="a lamp")

    def slow(**question):
        start.set()
        end.wait(30)
        return query

    monkeypatch.setattr(type(explorer.study), "query", lambda self, **question: slow(**question))
    box = trimesh.creation.box()
    bodies = [box.apply_scale(1.5).export(file_type="stl") for _ in range(2)]
    first = threading.Thread(target=client.post, args=("/api/search", bodies[0]), kwargs={"suffix": "stl"})
    first.start()
    assert start.wait(30)
    second = client.post("/api/search", bodies[1], suffix="stl")
    study_reply = client.get("/api/study")
    end.set()
    first.join()
    assert second.status == 429
    assert int(second.headers["retry-after"]) > 0
    assert study_reply.status == 200


def test_names_of_files_come_back_as_text(client):
    name = '<img src=x onerror=alert(1)>"\u202e\0.png'
    picture = pictures.encode(np.zeros((8, 8, 3), np.uint8))
    reply = client.post("/api/search", picture, name=name, k=1)
    assert reply.headers["content-type"] == "application/json"
    reply_name = json.load(io.BytesIO(reply.body))["query"]["name"]
    assert reply_name.startswith("<img src=x onerror=alert(1)>")
    assert "\0" not in reply_name
    assert "\u202e" not in reply_name
