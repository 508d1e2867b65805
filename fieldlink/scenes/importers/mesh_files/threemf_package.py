"""The package of a 3MF file: a ZIP of models, of which one is the start."""

import io
import zipfile
from dataclasses import dataclass, field
from typing import Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files.mesh_parts import MOST_FACES, MeshPart
from fieldlink.scenes.importers.mesh_files.threemf_models import MeshRows, Model, model_of

MAIN = "3D/3dmodel.model"
READ = ("/core/", "/production/", "/material/", "/slice/")  # in names of extensions that are read or change no mesh
RELATIONS, LARGEST_RELATIONS = "_rels/.rels", 2**16  # which model the package begins with; bytes
MOST_BYTES, MOST_TIMES = 2**26, 50  # of all models, unpacked: so many, or so many times the packed file's
CHUNK = 1 << 20  # bytes that are unpacked at once
MOST_OBJECTS = 50_000  # placed, by the build or by other objects
Group = tuple[str, str]  # the model that a group of colours is in, and its number


@dataclass
class Package:
    """The models of a file, each read once."""

    archive: zipfile.ZipFile
    most_bytes: int  # of all models
    models: dict[str, Model] = field(default_factory=dict)
    groups: dict[Group, list[tuple[float, ...]]] = field(default_factory=dict)  # colours that triangles name
    lost: dict[Group, str] = field(default_factory=dict)  # those that aren't read, or not whole, and why
    objects: dict[str, dict[str | None, Any]] = field(default_factory=dict)  # by model and number
    parts: dict[Any, MeshPart] = field(default_factory=dict)  # of objects, in their own frame
    unpacked: int = 0  # bytes
    placed: int = 0  # objects
    faces: int = 0

    @classmethod
    def of(cls, data: bytes) -> "Package":
        return cls(zipfile.ZipFile(io.BytesIO(data)), max(MOST_BYTES, MOST_TIMES * len(data)))

    def entry(self, path: str) -> zipfile.ZipInfo | None:
        """A file of the package, in any case of letters."""
        path = path.lstrip("/").lower()
        return next((entry for entry in self.archive.infolist() if entry.filename.lower() == path), None)

    def start(self) -> str:
        """The model that the package begins with: the one that its relations name, if it is there."""
        entry = self.entry(RELATIONS)
        if entry is None or entry.file_size > LARGEST_RELATIONS:
            return MAIN
        relations = etree.fromstring(self.archive.read(entry), etree.XMLParser(resolve_entities=False))
        of_model = (relation for relation in relations if (relation.get("Type") or "").endswith("/3dmodel"))
        return next((target for one in of_model if self.entry(target := one.get("Target") or "")), MAIN)

    def model(self, path: str) -> Model:
        path = path.lstrip("/")
        if path not in self.models:
            entry = self.entry(path)
            if entry is None:
                raise InputError(f"{path}: not in the file")
            self.unpacked += entry.file_size
            if self.unpacked > self.most_bytes:
                raise InputError(f"{path}: models of {self.unpacked:,} bytes, at most {self.most_bytes:,} expected")
            with self.archive.open(entry) as stream:
                model = model_of(iter(lambda: stream.read(CHUNK), b""))
            names = {model.root.nsmap.get(name, name) for name in model.root.get("requiredextensions", "").split()}
            if unknown := sorted(name for name in names if not any(part in name for part in READ)):
                raise InputError(f"the file needs {', '.join(unknown)}, which isn't read here; export it without")
            self.models[path] = model
        return self.models[path]

    def placed_object(self, path: str, number: str | None) -> tuple[Any, MeshRows | None]:
        """An object of a model, which is counted, and its mesh; the first of its number."""
        model = self.model(path)
        if path not in self.objects:
            entries = list(model.root.iterfind("{*}resources/{*}object"))
            self.objects[path] = {entry.get("id"): entry for entry in reversed(entries)}
        if number not in self.objects[path]:
            raise InputError(f"{path}: no object {number}")
        entry = self.objects[path][number]
        mesh = model.meshes.get(entry.find("{*}mesh"))
        self.placed += 1
        self.faces += len(mesh.looks) if mesh else 0
        if self.placed > MOST_OBJECTS or self.faces > MOST_FACES:
            raise InputError(f"{MOST_OBJECTS:,} objects or {MOST_FACES:,} faces placed and more, expected fewer")
        return entry, mesh
