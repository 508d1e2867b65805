"""Materials of Wavefront OBJ: the colour Kd and the texture map_Kd of .mtl files."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files.companions import CompanionFiles, listed, plain
from fieldlink.scenes.importers.mesh_files.mesh_parts import GREY, WHITE, Layer, Texture, display_values
from fieldlink.scenes.importers.mesh_files.text import statements, text_of
from fieldlink.scenes.importers.mesh_files.texture_images import TextureImages, drawn_without

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
OPTION = re.compile(
    rf"-(?:(?P<placed>[ost])(?P<numbers>(?:\s+{NUMBER}(?=\s)){{1,3}})|mm(?:\s+\S+){{2}}|(?P<flag>\w+)\s+(?P<value>\S+))\s+"
)

COMMENTED = re.compile(r"(?P<name>.*?\.\w{2,5}[\"']?)\s+#")  # a file name with a suffix, and a comment
FILE_NAMES = re.compile(r"\S.*?\.mtl(?=\s|$)", re.IGNORECASE)  # on a line of mtllib: several, or one with spaces
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class MtlMaterial:
    """A material; `scale` and `offset` of texture coordinates are the options -s and -o of its texture."""

    colour: Colour | None = None
    texture: Texture | None = None
    picture: str = ""  # the texture's, for notes
    scale: tuple[float, float] = (1.0, 1.0)
    offset: tuple[float, float] = (0.0, 0.0)


@dataclass
class _Statements:
    library: Path  # in which they stand
    colour: Colour | None = None
    unread: str = ""  # a colour of another form, such as a spectral file
    texture: str | None = None


class MaterialLibraries:
    """The materials of an OBJ file's libraries (the first of a name counts), and what can't be read."""

    def __init__(self, libraries: Sequence[str], companions: CompanionFiles) -> None:
        self.libraries, self.companions, self.textures = libraries, companions, TextureImages()
        self.statements: dict[str, _Statements] = {}
        self.lost: list[str] = []
        self.uncoloured: dict[str, str] = {}  # materials drawn without their Kd, and why
        for library in libraries:
            for name in FILE_NAMES.findall(library) or [library]:
                self._add(name)

    def material(self, name: str) -> MtlMaterial | None:
        """A material with its texture, if that can be read; None if there is no such material."""
        statements = self.statements.get(name)
        if statements is None or statements.texture is None:
            return statements and MtlMaterial(statements.colour)
        written, wrap, placed = _options(statements.texture)
        file_name = self._file_name(written, statements.library)
        image = self.textures.image(plain(file_name), lambda: self.companions.read(file_name))
        texture = None if image is None else Texture(image, (wrap, wrap))
        return MtlMaterial(statements.colour, texture, plain(file_name), **placed)

    def layer(self, name: str, uv: Float[np.ndarray, "corner 2"] | None, *, tinted: bool) -> Layer:
        """The look of a part of a material. A texture or vertex colours take the place of Kd, as exporters mean it."""
        material = self.material(name)
        if material is not None and material.texture is not None:
            if uv is not None:
                upright = np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1) * material.scale + material.offset
                return Layer(WHITE, material.texture, np.stack([upright[:, 0], 1 - upright[:, 1]], axis=1))
            self.textures.lacks_coordinates(material.picture)
        colour = None if material is None else material.colour
        if material is not None and colour is None and not tinted and (unread := self.statements[name].unread):
            self.uncoloured[name] = f"Kd {unread} of {name} isn't read"
        return Layer(WHITE if tinted else (*(colour or (GREY, GREY, GREY)), 1.0))

    def notes(self, names: Collection[str]) -> list[str]:
        """For the user: which of the materials with these names, and which textures, are missing."""
        lost = sorted(name for name in names if name not in self.statements)
        reasons = self.lost or [f"{listed(lost)} not in {listed(self.libraries) or 'any library: none is named'}"]
        colours = drawn_without("colours of materials", len(self.uncoloured), len(names), [*self.uncoloured.values()])
        return drawn_without("materials", len(lost), len(names), reasons) + colours + self.textures.notes()

    def _file_name(self, name: str, library: Path) -> str:
        """A texture's file name as one of the OBJ's; from a # on it is a comment, unless a file is named so."""
        before = COMMENTED.match(name)
        names = [name] if before is None else [name, before["name"]]
        there = (self.companions.as_mesh_names(written, library) for written in names)
        return next((written for written in there if written is not None), names[-1])

    def _add(self, library: str) -> None:
        try:
            path = self.companions.path(library)
            text = text_of(self.companions.contents(path))
        except InputError as error:
            self.lost.append(str(error))
            return
        self.statements = _statements(text, path) | self.statements


def _statements(text: str, library: Path) -> dict[str, _Statements]:
    """The statements of each material that count here, by its name; colours in [0, 1].

    Colours end at 255 if one does and none lies between 0 and 1; else they end at 1, and what is brighter is cut.
    """
    materials: dict[str, _Statements] = {}
    material = _Statements(library)
    for key, rest in statements(text):
        if key.lower() == "newmtl":
            material = materials.setdefault(rest.strip(), _Statements(library))
        elif key.lower() == "kd":
            stated = rest.partition("#")[0].strip()
            material.colour, material.unread = _colour(stated) or material.colour, stated
        elif key.lower() == "map_kd":
            material.texture = rest.strip()
    coloured = [material for material in materials.values() if material.colour is not None]
    colours = np.array([material.colour for material in coloured], np.float64)
    shown = np.clip(colours, 0, 1) if ((colours > 0) & (colours < 1)).any() else display_values(colours)
    for material, (red, green, blue) in zip(coloured, shown.tolist(), strict=True):
        material.colour = (red, green, blue)
    return materials


def _colour(text: str) -> Colour | None:
    """One or three numbers; None for a spectral file, CIE's x, y and z, or anything else."""
    try:
        numbers = [float(word) for word in text.split()[:3]]
    except ValueError:
        return None
    return (numbers[0], numbers[len(numbers) // 2], numbers[-1]) if len(numbers) in (1, 3) else None


def _options(text: str) -> tuple[str, str, dict[str, tuple[float, float]]]:
    """The file name of a texture statement, how it wraps, and its scale and offset."""
    wrap, placed = "repeat", {}
    while option := OPTION.match(text):
        text = text[option.end() :]
        if option["placed"] in ("s", "o"):
            numbers = [float(number) for number in option["numbers"].split()]
            rest = 1.0 if option["placed"] == "s" else 0.0
            placed["scale" if option["placed"] == "s" else "offset"] = (numbers[0], (*numbers, rest)[1])
        elif option["flag"] == "clamp" and option["value"] == "on":
            wrap = "clamp"
    return text, wrap, placed
