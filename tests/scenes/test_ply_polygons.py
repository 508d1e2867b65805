"""Polygons of PLY files, of one size or of many, in text and in binary files."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import trimesh

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers import mesh_folder
from fieldlink.scenes.importers.mesh_files.ply_polygons import triangulated

POINTS = [(0, 0, 0), (2, 0, 0), (2, 1, 0), (1, 1, 0), (1, 2, 0), (0, 2, 0), (2, 2, 0)]
L_SHAPE, TRIANGLE, SQUARE = [2, 3, 4, 5, 0, 1], [3, 2, 6], [3, 2, 6, 4]  # of areas 3, 1/2 and 1
COMMENT = "comment made by hand\n"
FORMATS = {"": "ascii", "<": "binary_little_endian", ">": "binary_big_endian"}


def ply(order: str, faces: list[list[int]], *, of_faces: str = "", values: list[list] | None = None) -> bytes:
    """`of_faces`: kinds of properties as struct has them, either three colours or a list of texture coordinates."""
    (of_points, points), (of_polygons, polygons) = elements(order, faces, of_faces=of_faces, values=values)
    return start(order) + of_points + of_polygons + b"end_header\n" + points + polygons


def start(order: str) -> bytes:
    return f"ply\nformat {FORMATS[order]} 1.0\n{COMMENT}".encode()


def elements(
    order: str, faces: list[list[int]], *, of_faces: str = "", values: list[list] | None = None
) -> list[tuple[bytes, bytes]]:
    """The header and the rows of the vertices, then of the faces."""
    of_points = [f"element vertex {len(POINTS)}", *(f"property float {axis}" for axis in "xyz")]
    of_polygons = [f"element face {len(faces)}", "property list uchar int vertex_indices"]
    of_polygons += [f"property uchar {name}" for name in ("red", "green", "blue")] if of_faces == "B" else []
    of_polygons += ["property list uchar float texcoord"] if of_faces == "f" else []
    rows = []
    for number, face in enumerate(faces):
        rows.append([("i", face, True), *([(of_faces, values[number], of_faces == "f")] if values else [])])
    points = written([[("f", point, False)] for point in POINTS], order)
    return [
        ("\n".join([*head, ""]).encode(), body)
        for head, body in ((of_points, points), (of_polygons, written(rows, order)))
    ]


def written(rows: list[list[tuple]], order: str) -> bytes:
    """`rows`: of each value its kind, its numbers and whether it is a list."""
    body = b""
    for row in rows:
        for kind, numbers, is_list in row:
            if order:
                body += struct.pack("B", len(numbers)) if is_list else b""
                body += struct.pack(f"{order}{len(numbers)}{kind}", *numbers)
            else:
                body += " ".join(map(str, [len(numbers), *numbers] if is_list else numbers)).encode() + b" "
        body = body if order else body[:-1] + b"\n"
    return body


def areas(mesh) -> np.ndarray:
    a, b, c = np.moveaxis(np.asarray(mesh.vertices)[mesh.faces] * 8**0.5, 1, 0)  # of unit diagonal: it was 2 x 2
    return np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2


@pytest.mark.parametrize("order", FORMATS)
@pytest.mark.parametrize("faces", [[L_SHAPE], [L_SHAPE, TRIANGLE], [SQUARE, L_SHAPE], [TRIANGLE, SQUARE, L_SHAPE]])
def test_polygons_fill_their_outline_and_keep_their_colours(tmp_path: Path, order, faces):
    colours = [[255, 0, 0], [0, 255, 0], [0, 0, 255]][: len(faces)]
    (tmp_path / "a.ply").write_bytes(ply(order, faces, of_faces="B", values=colours))
    mesh = mesh_folder.read(tmp_path / "a.ply")
    seen = mesh.albedo(mesh.vertices[mesh.faces].mean(axis=1), np.arange(len(mesh.faces)))
    sizes = {6: 3, 3: 0.5, 4: 1}
    for colour, face in zip(colours, faces, strict=True):
        is_its = (np.abs(255 * seen - colour) < 1).all(axis=1)
        assert areas(mesh)[is_its].sum() == pytest.approx(sizes[len(face)], abs=1e-5)


@pytest.mark.parametrize("order", FORMATS)
def test_texture_coordinates_stay_at_their_corners(order):
    faces = [L_SHAPE, TRIANGLE]
    uv = [[number for corner in face for number in np.divide(POINTS[corner][:2], 4).tolist()] for face in faces]
    data = triangulated(ply(order, faces, of_faces="f", values=uv))
    (mesh,) = trimesh.load_scene(io.BytesIO(data), file_type="ply", process=False).geometry.values()
    assert len(mesh.faces) == 5
    assert 4 * mesh.visual.uv == pytest.approx(np.asarray(mesh.vertices)[:, :2])


@pytest.mark.parametrize("order", FORMATS)
def test_triangles_are_left_as_they_are_and_what_isnt_there_is_said(tmp_path, order):
    data = ply(order, [TRIANGLE, [0, 1, 2]])
    assert triangulated(data) is data
    (tmp_path / "a.ply").write_bytes(ply(order, [[0, 1, 2, 99]]))
    with pytest.raises(InputError, match=r"a\.ply: a face names a vertex that isn't there, expected 0 to 6"):
        mesh_folder.read(tmp_path / "a.ply")
    (tmp_path / "a.ply").write_bytes(ply(order, [L_SHAPE, TRIANGLE])[:-20])
    with pytest.raises(InputError, match=r"a\.ply: "):
        mesh_folder.read(tmp_path / "a.ply")


@pytest.mark.parametrize("order", FORMATS)
@pytest.mark.parametrize("comment", ["converted from ascii", "by Little Tikes", "a big chair"])
@pytest.mark.parametrize("is_second", [False, True])
def test_words_of_a_comment_dont_say_the_order_of_bytes(tmp_path, order, comment, is_second):
    head = start(order).decode()
    first, form, _ = head.splitlines(keepends=True)
    lines = [f"comment {comment}\n", form] if is_second else [form, f"comment {comment}\n"]
    data = ply(order, [L_SHAPE, TRIANGLE]).replace(head.encode(), "".join([first, *lines]).encode())
    (tmp_path / "a.ply").write_bytes(data)
    assert areas(mesh_folder.read(tmp_path / "a.ply")).sum() == pytest.approx(3.5, abs=1e-5)


@pytest.mark.parametrize("order", FORMATS)
@pytest.mark.parametrize(("faces", "area"), [([L_SHAPE, TRIANGLE], 3.5), ([[0, 1, 5], TRIANGLE], 2.5)])
def test_faces_may_stand_before_their_vertices(tmp_path, order, faces, area):
    (of_points, points), (of_polygons, polygons) = elements(order, faces)
    data = start(order) + of_polygons + of_points + b"end_header\n" + polygons + points
    assert (triangulated(data) is data) == (len(faces[0]) == 3)
    (tmp_path / "a.ply").write_bytes(data)
    assert areas(mesh_folder.read(tmp_path / "a.ply")).sum() == pytest.approx(area, abs=1e-5)


@pytest.mark.parametrize("order", FORMATS)
def test_file_without_faces_or_vertices_is_set_aside_by_what_it_lacks(tmp_path, order):
    (of_points, points), (of_polygons, polygons) = elements(order, [L_SHAPE])
    strips = b"element tristrips 1\nproperty list uchar int vertex_indices\n"
    for head, body, words in (
        (of_points + strips, points + polygons, r"no element face \(found vertex, tristrips\), expected one"),
        (of_points, points, r"no element face \(found vertex\), expected one"),
        (of_polygons, polygons, r"no element vertex \(found face\), expected one"),
    ):
        (tmp_path / "a.ply").write_bytes(start(order) + head + b"end_header\n" + body)
        with pytest.raises(InputError, match=r"a\.ply: " + words):
            mesh_folder.read(tmp_path / "a.ply")


@pytest.mark.parametrize("order", FORMATS)
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("faces", [[TRIANGLE], [L_SHAPE, TRIANGLE]])
def test_strips_beside_faces_are_refused_by_name_and_none_of_them_are_no_fault(tmp_path, order, first, faces):
    for strips in ([], [[0, 1, 5, 4, -1, 2, 3, 6]]):
        of_strips = f"element tristrips {len(strips)}\nproperty list uchar int vertex_indices\n".encode()
        rows = written([[("i", strip, True)] for strip in strips], order)
        parts = [*elements(order, faces), (of_strips, rows)]
        heads, bodies = zip(*(parts[::-1] if first else parts), strict=True)
        (tmp_path / "a.ply").write_bytes(b"".join([start(order), *heads, b"end_header\n", *bodies]))
        if strips:
            words = r"a\.ply: triangle strips \(element tristrips\) aren't read, expected all triangles in element face"
            with pytest.raises(InputError, match=words):
                mesh_folder.read(tmp_path / "a.ply")
        else:
            assert len(mesh_folder.read(tmp_path / "a.ply").faces) == sum(len(face) - 2 for face in faces)
