"""Polygons as triangles: they fill their outline, whichever corner comes first and whatever the format."""

from pathlib import Path

import numpy as np
import pytest
from scenes.mesh_texts import rows

from fieldlink.scenes.importers import mesh_folder
from fieldlink.scenes.importers.mesh_files import polygons

L_SHAPE = np.array([[0, 0, 0], [2, 0, 0], [2, 1, 0], [1, 1, 0], [1, 2, 0], [0, 2, 0]], float)  # of area 3
WORDS = " ".join(" ".join(map(str, point)) for point in L_SHAPE)
DAE = f"""<?xml version="1.0"?>
<COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema" version="1.4.1"><asset><up_axis>Y_UP</up_axis></asset>
<library_geometries><geometry id="g"><mesh>
<source id="v"><float_array id="a" count="18">{WORDS}</float_array><technique_common>
<accessor source="#a" count="6" stride="3"><param name="X" type="float"/><param name="Y" type="float"/>
<param name="Z" type="float"/></accessor></technique_common></source>
<vertices id="w"><input semantic="POSITION" source="#v"/></vertices>
<KIND count="1"><input semantic="VERTEX" source="#w" offset="0"/>INDICES</KIND></mesh></geometry></library_geometries>
<library_visual_scenes><visual_scene id="c"><node><instance_geometry url="#g"/></node></visual_scene>
</library_visual_scenes><scene><instance_visual_scene url="#c"/></scene></COLLADA>"""


def l_shape(path: Path, kind: str, first: int) -> Path:
    """The polygon in a file, from one of its corners on."""
    order = [(first + step) % 6 for step in range(6)]
    indices = " ".join(map(str, order))
    text = {
        "obj": rows("v", L_SHAPE) + f"f {' '.join(str(index + 1) for index in order)}\n",
        "off": f"OFF\n6 1 0\n{rows('', L_SHAPE)}6 {indices}\n",
        "polylist": DAE.replace("KIND", kind).replace("INDICES", f"<vcount>6</vcount><p>{indices}</p>"),
        "polygons": DAE.replace("KIND", kind).replace("INDICES", f"<p>{indices}</p>"),
    }[kind]
    path.write_text(text)
    return path


def crosses(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Twice the area of each triangle, along its normal."""
    a, b, c = np.moveaxis(points[faces], 1, 0)
    return np.cross(b - a, c - a)


@pytest.mark.parametrize("kind", ["obj", "off", "polylist", "polygons"])
@pytest.mark.parametrize("first", range(6))
def test_an_l_has_its_area_and_no_triangle_in_its_corner(tmp_path, kind, first):
    suffix = "dae" if kind.startswith("poly") else kind
    mesh = mesh_folder.read(l_shape(tmp_path / f"l.{suffix}", kind, first))
    points = mesh.vertices * 8**0.5 + [1, 1, 0]  # unit diagonal: it was 2 x 2
    normals = crosses(points, mesh.faces)
    assert (normals[:, 2] >= -1e-6).all()
    assert normals[:, 2].sum() / 2 == pytest.approx(3, abs=1e-5)
    assert (points[mesh.faces].mean(axis=1)[:, :2].min(axis=1) < 1).all()  # the missing quarter is [1, 2] x [1, 2]


@pytest.mark.parametrize("size", [4, 5, 17, 100])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_triangles_of_a_star_anywhere_in_space_add_up_to_its_area(size, scale):
    random = np.random.default_rng(size)
    angle = 2 * np.pi * (np.arange(size) + random.uniform(-0.4, 0.4, size)) / size
    star = random.uniform(0.2, 1, size)[:, None] * np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    turn = np.linalg.qr(random.normal(size=(3, 3)))[0]
    points = scale * (star @ turn.T + random.normal(size=3))
    whole = np.cross(points, np.roll(points, -1, axis=0)).sum(axis=0)  # Newell
    faces = polygons.cut(points[None])[0]
    assert faces.shape == (size - 2, 3)
    assert np.linalg.norm(crosses(points, faces), axis=1).sum() == pytest.approx(np.linalg.norm(whole), rel=1e-6)
    assert crosses(points, faces).sum(axis=0) == pytest.approx(whole, rel=1e-6)


def test_an_outline_that_goes_in_to_its_hole_and_back_leaves_the_hole():
    outer, inner = [(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)], [(1, 1), (1, 3), (3, 3), (3, 1), (1, 1)]
    points = np.pad(np.array(outer + inner, float), ((0, 0), (0, 1)))
    normals = crosses(points, polygons.cut(points[None])[0])
    assert np.abs(normals[:, 2]).sum() / 2 == pytest.approx(16 - 4)


@pytest.mark.parametrize(
    "corners",
    [
        [(0, 0), (1, 0), (1, 1), (0, 1)],  # convex
        [(0, 0), (1, 0), (2, 0), (1, 1)],  # straight on at a corner
        [(0, 0), (1, 0), (2, 0), (3, 0)],  # no area
        [(0, 0), (1, 1), (1, 0), (0, 1)],  # a bow tie
        [(0, 0), (1, 1), (1, 0), (0, np.nan)],
        [(0, 0)] * 4,
    ],
)
def test_what_is_convex_or_has_no_inside_is_a_fan(corners):
    points = np.pad(np.array(corners, float), ((0, 0), (0, 1)))
    assert polygons.cut(points[None])[0].tolist() == [[0, 1, 2], [0, 2, 3]]


def test_triangles_come_in_the_order_of_polygons_of_many_sizes():
    sizes = np.array([3, 6, 2, 4])
    points = np.concatenate([L_SHAPE[:3], np.roll(L_SHAPE, 2, axis=0), L_SHAPE[:2], L_SHAPE[[0, 1, 3, 5]]])
    faces, polygon = polygons.triangles(points, sizes)
    assert polygon.tolist() == [0, 1, 1, 1, 1, 3, 3]
    areas = np.bincount(polygon, crosses(points, faces)[:, 2] / 2)
    assert areas == pytest.approx(np.array([1, 3, 0, 2]))
