"""The chair of `gltf_files` as text: OBJ, COLLADA and 3MF."""

import zipfile
from pathlib import Path

import numpy as np
from PIL import Image
from scenes.gltf_files import BLUE, GREEN, RED, chair

VERTICES, FACES, COLOURS = chair()
NAMES = ["seat", "back", "leg", "leg", "leg", "leg"]
MTL = "\n".join(f"newmtl {name}\nKd {r} {g} {b}" for name, (r, g, b) in zip(NAMES, (RED, GREEN, BLUE), strict=False))


def rows(prefix: str, table: np.ndarray) -> str:
    return "\n".join(f"{prefix} {' '.join(f'{value:.12g}' for value in row)}" for row in table) + "\n"


def obj(head: str = "", vertices: np.ndarray = VERTICES, corner: str = "{}", materials: bool = True) -> str:
    """The chair; `corner`: how an index is written."""
    text = f"{head}\n{rows('v', vertices)}"
    for number, name in enumerate(NAMES):
        text += f"usemtl {name}\n" if materials else ""
        for face in FACES[12 * number : 12 * number + 12]:
            text += "f " + " ".join(corner.format(index + 1) for index in face.tolist()) + "\n"
    return text


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def textured(folder: Path, statement: str, picture: str) -> Path:
    """The chair as OBJ with a palette in `picture`, named by `map_Kd statement`."""
    (folder / picture).parent.mkdir(parents=True, exist_ok=True)
    pixels = np.round(255 * np.repeat([[RED, GREEN, BLUE, RED]], 2, axis=1)).astype(np.uint8)
    Image.fromarray(pixels).save(folder / picture)
    put(folder / "chair.mtl", f"newmtl paint\nKd 0 0 0\nmap_Kd {statement}\n")
    text = "mtllib chair.mtl\nvt 0.125 0.5\nvt 0.375 0.5\nvt 0.625 0.5\n" + rows("v", VERTICES) + "usemtl paint\n"
    for number, place in enumerate([1, 2, 3, 3, 3, 3]):
        for face in FACES[12 * number : 12 * number + 12]:
            text += "f " + " ".join(f"{index + 1}/{place}" for index in face.tolist()) + "\n"
    return put(folder / "chair.obj", text)


THREE_MF = """<model xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
 xmlns:m="http://schemas.microsoft.com/3dmanufacturing/material/2015/02" requiredextensions="{needs}"
 xmlns:p="http://schemas.microsoft.com/3dmanufacturing/production/2015/06"
 xmlns:b="http://schemas.microsoft.com/3dmanufacturing/beamlattice/2017/02">
<resources>{resources}</resources><build>{build}</build></model>"""


def three_mf(path: Path, needs: str = "p m") -> Path:
    """The chair: seat and back in a model of their own with colours of two kinds; a leg, placed four times; z is up."""

    vertices = VERTICES[:, [0, 2, 1]] * [1, -1, 1]

    def mesh(box: int, triangle: str = "") -> str:
        points, faces = vertices[8 * box : 8 * box + 8], FACES[12 * box : 12 * box + 12] - 8 * box
        corners = "".join('<vertex x="{}" y="{}" z="{}"/>'.format(*point) for point in points)
        sides = "".join('<triangle v1="{}" v2="{}" v3="{}" {}/>'.format(*face, triangle) for face in faces)
        return f"<mesh><vertices>{corners}</vertices><triangles>{sides}</triangles></mesh>"

    red, green, blue = ("#" + bytes(round(255 * channel) for channel in colour).hex() for colour in (RED, GREEN, BLUE))
    ends = f'<basematerials id="7"><base name="r" displaycolor="{red}"/></basematerials>'
    ends += f'<m:colorgroup id="8"><m:color color="#000000"/><m:color color="{green}FF"/></m:colorgroup>'
    ends += f'<object id="1" pid="7" pindex="0">{mesh(0)}</object>'
    second = mesh(1, 'pid="8" p1="1"')
    ends += f'<object id="2">{second}</object>'
    legs = f'<basematerials id="7"><base name="b" displaycolor="{blue}"/></basematerials>'
    legs += f'<object id="1" pid="7" pindex="0">{mesh(2)}</object><object id="2"><components>'
    for leg in range(4):
        shift = vertices[8 * (2 + leg)] - vertices[16]
        legs += '<component objectid="1" transform="1 0 0 0 1 0 0 0 1 {} {} {}"/>'.format(*shift)
    build = '<item objectid="2"/>' + "".join(f'<item objectid="{n}" p:path="/3D/ends.model"/>' for n in (1, 2))
    with zipfile.ZipFile(path, "w") as archive:
        for name, resources, of_build in (("3dmodel", f"{legs}</components></object>", build), ("ends", ends, "")):
            archive.writestr(f"3D/{name}.model", THREE_MF.format(resources=resources, build=of_build, needs=needs))
    return path


def dae(up: str, effect: str, images: str = "", uv: str = "0 0") -> str:
    """The chair as COLLADA, its one material with this diffuse look; with z up as its `up` says."""
    vertices = VERTICES if up == "Y_UP" else VERTICES[:, [0, 2, 1]] * [1, -1, 1]
    array = '<source id="{0}"><float_array id="{0}-a" count="{1}">{2}</float_array><technique_common>'
    array += '<accessor source="#{0}-a" count="{3}" stride="{4}">{5}</accessor></technique_common></source>'

    def source(name: str, numbers: str, names: str) -> str:
        count = len(numbers.split())
        params = "".join(f'<param name="{letter}" type="float"/>' for letter in names)
        return array.format(name, count, numbers, count // len(names), len(names), params)

    indices = " ".join(f"{index} 0" for index in FACES.reshape(-1))
    return f"""<?xml version="1.0"?>
<COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema" version="1.4.1">
<asset><unit name="inch" meter="0.0254"/><up_axis>{up}</up_axis></asset>
<library_images>{images or '<image id="i"><init_from>x.png</init_from></image>'}</library_images>
<library_effects><effect id="e"><profile_COMMON>
<newparam sid="s"><surface type="2D"><init_from>i</init_from></surface></newparam>
<newparam sid="p"><sampler2D><source>s</source></sampler2D></newparam>
<technique sid="t"><lambert><diffuse>{effect}</diffuse></lambert></technique></profile_COMMON></effect>
</library_effects>
<library_materials><material id="m"><instance_effect url="#e"/></material></library_materials>
<library_geometries><geometry id="g"><!-- a comment --><mesh>
{source("v", " ".join(map(str, vertices.reshape(-1))), "XYZ")}{source("u", uv, "ST")}
<vertices id="w"><input semantic="POSITION" source="#v"/></vertices>
<triangles count="72" material="k"><input semantic="VERTEX" source="#w" offset="0"/>
<input semantic="TEXCOORD" source="#u" offset="1" set="0"/><p>{indices}</p></triangles>
</mesh></geometry></library_geometries>
<library_visual_scenes><visual_scene id="c"><node><instance_geometry url="#g"><bind_material><technique_common>
<instance_material symbol="k" target="#m"/></technique_common></bind_material></instance_geometry></node></visual_scene>
</library_visual_scenes><scene><instance_visual_scene url="#c"/></scene></COLLADA>"""
