"""glTF files built by hand: a chair in six boxes, and a writer of .glb and .gltf."""

import base64
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import trimesh

from fieldlink.scenes.importers.mesh_colours import to_linear

RED, GREEN, BLUE = (np.array(rgb) / 255 for rgb in ([200, 40, 40], [40, 180, 40], [40, 40, 200]))
LEG = (0.1, 0.5, 0.1)
LEG_PLACES = np.array([[x, 0.2, z] for x in (-0.4, 0.4) for z in (-0.4, 0.4)])
BOXES = [  # size, centre, colour as a screen shows it
    ((1.0, 0.1, 1.0), (0.0, 0.5, 0.0), RED),
    ((0.1, 1.0, 1.0), (-0.45, 1.0, 0.0), GREEN),
    *((LEG, tuple(place), BLUE) for place in LEG_PLACES),
]
KINDS = {"int8": 5120, "uint8": 5121, "int16": 5122, "uint16": 5123, "uint32": 5125, "float32": 5126}
TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


def box(size, centre=(0, 0, 0)) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (float32) and faces (uint16) of a box."""
    mesh = trimesh.creation.box(size)
    return (mesh.vertices + centre).astype(np.float32), mesh.faces.astype(np.uint16)


def chair() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vertices, faces and the colour of each vertex, as a screen shows it."""
    parts = [box(size, centre) for size, centre, _ in BOXES]
    faces = np.concatenate([part[1] + 8 * number for number, part in enumerate(parts)])
    colours = np.repeat([colour for _, _, colour in BOXES], 8, axis=0)
    return np.concatenate([part[0] for part in parts]), faces.astype(np.uint16), colours


class Gltf:
    """A document that grows; `write` ends it."""

    def __init__(self) -> None:
        self.binary = b""
        self.json: dict[str, Any] = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": []}]}

    def add(self, kind: str, **entry: Any) -> int:
        self.json.setdefault(kind, []).append(entry)
        return len(self.json[kind]) - 1

    def view(self, data: bytes, **entry: Any) -> int:
        self.binary += b"\0" * (-len(self.binary) % 4)
        self.binary += data
        return self.add("bufferViews", buffer=0, byteOffset=len(self.binary) - len(data), byteLength=len(data), **entry)

    def accessor(self, rows: np.ndarray, **entry: Any) -> int:
        rows = np.atleast_2d(rows.T).T
        form = {"componentType": KINDS[rows.dtype.name], "type": TYPES[rows.shape[1]], "count": len(rows)}
        return self.add("accessors", **({"bufferView": self.view(rows.tobytes())} | form | entry))

    def image(self, data: bytes, mime: str = "image/png") -> int:
        return self.add("images", bufferView=self.view(data), mimeType=mime)

    def primitive(
        self, vertices: np.ndarray, faces: np.ndarray, material: int | None = None, **attributes: int
    ) -> dict[str, Any]:
        named = {"POSITION": self.accessor(vertices)} | attributes
        primitive = {"attributes": named, "indices": self.accessor(faces.reshape(-1))}
        return primitive if material is None else primitive | {"material": material}

    def node(self, *primitives: dict[str, Any], root: bool = True, **entry: Any) -> int:
        mesh = {"mesh": self.add("meshes", primitives=list(primitives))} if primitives else {}
        node = self.add("nodes", **mesh, **entry)
        if root:
            self.json["scenes"][0]["nodes"].append(node)
        return node

    def coloured(self, colour: np.ndarray, **entry: Any) -> int:
        """A material of a colour that a screen shows."""
        factor = [*to_linear(np.asarray(colour)).tolist(), 1.0]
        return self.add("materials", pbrMetallicRoughness={"baseColorFactor": factor}, **entry)

    def boxes(self, material=None) -> list[dict[str, Any]]:
        """The chair, a primitive for each box."""
        material = material or self.coloured
        return [self.primitive(*box(size, centre), material(colour)) for size, centre, colour in BOXES]

    def write(self, path: Path, buffer_uri: str | None = None) -> Path:
        """A .glb, or a .gltf with its buffer in a data URI, or named `buffer_uri`."""
        if path.suffix == ".glb":
            self.json["buffers"] = [{"byteLength": len(self.binary)}]
            text = json.dumps(self.json).encode()
            text, binary = text + b" " * (-len(text) % 4), self.binary + b"\0" * (-len(self.binary) % 4)
            chunks = [(0x4E4F534A, text), (0x004E4942, binary)]
            body = b"".join(struct.pack("<II", len(data), kind) + data for kind, data in chunks)
            path.write_bytes(b"glTF" + struct.pack("<II", 2, 12 + len(body)) + body)
        else:
            uri = buffer_uri or "data:application/octet-stream;base64," + base64.b64encode(self.binary).decode()
            self.json["buffers"] = [{"byteLength": len(self.binary), "uri": uri}]
            path.write_text(json.dumps(self.json))
        return path


def said_to_be_compressed(kind: str) -> Gltf:
    """The chair, whose first box has the words of an extension of compression, draco or meshopt, beside plain rows."""
    gltf = Gltf()
    gltf.node(*gltf.boxes())
    if kind == "draco":
        settings = {"bufferView": 0, "attributes": {"POSITION": 0}}
        gltf.json["meshes"][0]["primitives"][0]["extensions"] = {"KHR_draco_mesh_compression": settings}
    else:
        settings = {"buffer": 0, "byteLength": 8, "count": 8, "byteStride": 12, "mode": "ATTRIBUTES"}
        gltf.json["bufferViews"][0]["extensions"] = {"EXT_meshopt_compression": settings}
    return gltf
