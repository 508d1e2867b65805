"""A glTF 2.0 document: its JSON, its buffers, and checks of what it needs."""

import base64
import binascii
import json
import struct
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files.companions import CompanionFiles

DRACO, MESHOPT = "KHR_draco_mesh_compression", ("EXT_meshopt_compression", "KHR_meshopt_compression")
UNDERSTOOD = {
    DRACO,
    *MESHOPT,
    "EXT_mesh_gpu_instancing",
    "EXT_texture_avif",
    "EXT_texture_webp",
    "KHR_materials_emissive_strength",
    "KHR_materials_pbrSpecularGlossiness",
    "KHR_materials_unlit",
    "KHR_mesh_quantization",
    "KHR_node_visibility",
    "KHR_texture_transform",
}
MOST_NUMBERS = 150_000_000  # read of a file's accessors: 5 million faces that share no vertex have 135 million
MADE_UP = 10  # how many numbers one counts for that no byte of the file stands for
MAGIC, JSON_CHUNK, BINARY_CHUNK = b"glTF", 0x4E4F534A, 0x004E4942


@dataclass
class Document:
    """The JSON object of a file, and its buffers, read when they are needed."""

    json: dict[str, Any]
    binary: bytes | None  # the chunk of a .glb
    companions: CompanionFiles
    buffers: dict[int, bytes] = field(default_factory=dict)
    views: dict[int, bytes] = field(default_factory=dict)  # bytes of buffer views that were compressed
    numbers: int = 0  # read so far

    def all(self, kind: str) -> list[Any]:
        """The array of a kind, such as `nodes`; empty without."""
        entries = self.json.get(kind, [])
        if not isinstance(entries, list):
            raise InputError(f"{kind} is no array")
        return entries

    def get(self, kind: str, index: Any) -> dict[str, Any]:
        """One entry. Raises `InputError` if there is none."""
        entries = self.all(kind)
        if not isinstance(index, int) or not 0 <= index < len(entries):
            raise InputError(f"{kind}[{index}] isn't there, expected 0 to {len(entries) - 1}")
        if not isinstance(entries[index], dict):
            raise InputError(f"{kind}[{index}] is no object")
        return entries[index]

    def needs(self, *names: str) -> bool:
        """Whether the file can't be read without one of these extensions."""
        return any(name in (self.json.get("extensionsRequired") or []) for name in names)

    def buffer(self, index: Any) -> bytes:
        """The bytes of a buffer: a data URI, a file, or the chunk of a .glb."""
        if index not in self.buffers:
            buffer = self.get("buffers", index)
            if "uri" in buffer:
                self.buffers[index] = self.uri(buffer["uri"])
            elif self.binary is None:
                raise InputError(f"buffers[{index}] has neither uri nor chunk")
            else:
                self.buffers[index] = self.binary
        return self.buffers[index]

    def count(self, numbers: int, *, made_up: bool = False) -> None:
        """Count numbers that are about to be read; a small file may ask for many. Too many raise `InputError`."""
        self.numbers += numbers * (MADE_UP if made_up else 1)
        if self.numbers > MOST_NUMBERS:
            raise InputError(f"more than {MOST_NUMBERS:,} numbers in its accessors, expected fewer")

    def uri(self, uri: str) -> bytes:
        """What a URI holds or names."""
        if not uri.lower().startswith("data:"):
            return self.companions.read(uri)
        head, _, body = uri.partition(",")
        if not head.lower().endswith(";base64"):
            return unquote_to_bytes(body)
        try:
            return base64.b64decode(unquote_to_bytes(body))
        except binascii.Error as error:
            raise InputError(f"data URI that isn't base64 ({error})") from error


def extension(entry: dict[str, Any], *names: str) -> dict[str, Any] | None:
    """The first of an entry's extensions with these names; None without."""
    extensions = entry.get("extensions") or {}
    return next((extensions[name] for name in names if name in extensions), None)


def parsed(data: bytes, companions: CompanionFiles) -> Document:
    """The document of a .glb or .gltf, told apart by content. Raises `InputError` if it needs what isn't read here."""
    text, binary = _chunks(data) if data[:4] == MAGIC else (data, None)
    content = json.loads(text.decode("utf-8-sig").rstrip("\0 "))
    if not isinstance(content, dict):
        raise InputError("not a glTF document, expected a JSON object")
    version = str((content.get("asset") or {}).get("version", ""))
    if version.partition(".")[0] != "2":
        raise InputError(f"glTF version {version or 'not stated'}, expected 2.0; export again as glTF 2.0")
    if unknown := sorted(set(content.get("extensionsRequired") or []) - UNDERSTOOD):
        raise InputError(f"the file needs {', '.join(unknown)}, which isn't read here; export it without")
    return Document(content, binary, companions)


def _chunks(data: bytes) -> tuple[bytes, bytes | None]:
    """JSON and binary chunk of a .glb; chunks of other types are skipped.

    Bytes behind the length that the header says aren't the file's, unless they are whole chunks: headers may be wrong.
    """
    version, total = struct.unpack_from("<II", data, 4)
    if version != 2:
        raise InputError(f"binary glTF version {version}, expected 2")
    at, chunks = 12, {}
    while at + 8 <= len(data):
        length, kind = struct.unpack_from("<II", data, at)
        if at + 8 + length > len(data):
            if chunks and at >= total:
                break
            raise InputError(f"cut off: a chunk of {length} bytes, {len(data) - at - 8} left")
        chunks.setdefault(kind, data[at + 8 : at + 8 + length])
        at += 8 + length
    if JSON_CHUNK not in chunks:
        raise InputError("binary glTF without a JSON chunk")
    return chunks[JSON_CHUNK], chunks.get(BINARY_CHUNK)
