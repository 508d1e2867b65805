"""Materials of glTF: base colour, emission, alpha; and the textures that they name."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from jaxtyping import Float

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.gltf.accessors import view_bytes
from fieldlink.scenes.importers.gltf.document import Document, extension
from fieldlink.scenes.importers.mesh_files.mesh_parts import BLENDED, OPAQUE, WHITE, Layer, Texture
from fieldlink.scenes.importers.mesh_files.texture_images import TextureImages

WRAPS = {33071: "clamp", 33648: "mirror", 10497: "repeat"}
NEAREST = 9728
PICTURE_EXTENSIONS = ("EXT_texture_webp", "EXT_texture_avif")  # of textures; each names a picture that Pillow reads
Colour = tuple[float, float, float, float]
Attributes = Mapping[str, Float[np.ndarray, "vertex _"]]


@dataclass(frozen=True)
class PlacedTexture:
    """A texture, the set of coordinates that it uses, and their affine map."""

    texture: Texture
    name: str  # of its picture, for notes
    coordinates: str  # TEXCOORD_n
    matrix: Float[np.ndarray, "2 3"]


@dataclass(frozen=True)
class GltfMaterial:
    """The look of a primitive."""

    factor: Colour = WHITE
    texture: PlacedTexture | None = None
    emission: tuple[float, float, float] = (0.0, 0.0, 0.0)
    emission_texture: PlacedTexture | None = None
    cutoff: float = OPAQUE

    @property
    def coordinates(self) -> set[str]:
        """The attributes that place its textures."""
        return {placed.coordinates for placed in (self.texture, self.emission_texture) if placed is not None}


@dataclass
class Materials:
    """A document's materials, each read once."""

    document: Document
    images: TextureImages = field(default_factory=lambda: TextureImages(profile=False))  # as glTF has it
    materials: dict[int, GltfMaterial] = field(default_factory=dict)
    textures: dict[tuple[Any, bool], Texture | None] = field(default_factory=dict)

    def material(self, index: int | None) -> GltfMaterial:
        """A primitive's material; white without."""
        if index is None:
            return GltfMaterial()
        if index not in self.materials:
            self.materials[index] = self._read(self.document.get("materials", index))
        return self.materials[index]

    def base(self, material: GltfMaterial, attributes: Attributes) -> Layer:
        """The colour of vertices with these attributes: the factor alone where its texture can't be placed."""
        placed = material.texture
        return (placed and self._placed_layer(material.factor, placed, attributes)) or Layer(material.factor)

    def emission(self, material: GltfMaterial, attributes: Attributes) -> Layer | None:
        """The light of vertices with these attributes; none where its texture can't be placed."""
        factor, placed = (*material.emission, 0.0), material.emission_texture
        if not any(factor):
            return None
        return Layer(factor) if placed is None else self._placed_layer(factor, placed, attributes)

    def _placed_layer(self, factor: Colour, placed: PlacedTexture, attributes: Attributes) -> Layer | None:
        """A colour times a texture; None without the coordinates that it needs, noted as a lost texture is."""
        if placed.coordinates not in attributes:
            self.images.lacks_coordinates(placed.name, placed.coordinates)
            return None
        uv = attributes[placed.coordinates] @ placed.matrix[:, :2].T + placed.matrix[:, 2]
        return Layer(factor, placed.texture, uv)

    def _read(self, entry: dict[str, Any]) -> GltfMaterial:
        cutoff = _cutoff(entry)
        glossy = extension(entry, "KHR_materials_pbrSpecularGlossiness")
        rough = entry.get("pbrMetallicRoughness") or {}
        factor, info = rough.get("baseColorFactor", WHITE), rough.get("baseColorTexture")
        if glossy is not None:
            factor, info = glossy.get("diffuseFactor", WHITE), glossy.get("diffuseTexture")
        unlit = extension(entry, "KHR_materials_unlit") is not None
        light = (0.0, 0.0, 0.0) if unlit else entry.get("emissiveFactor", (0.0, 0.0, 0.0))
        base = GltfMaterial(_numbers(factor, 4), self._placed(info, cutoff == OPAQUE), cutoff=cutoff)
        emission, glow = _numbers(_strengthened(light, entry), 3), entry.get("emissiveTexture")
        placed = self._placed(glow, True) if any(light) else None
        if glow is not None and placed is None:
            return base  # the factor alone would make white what glows in a few texels
        return replace(base, emission=emission, emission_texture=placed)

    def _placed(self, info: dict[str, Any] | None, opaque: bool) -> PlacedTexture | None:
        if info is None:
            return None
        moved = extension(info, "KHR_texture_transform") or {}
        key = (info.get("index"), opaque)
        if key not in self.textures:
            self.textures[key] = self._texture(info.get("index"), opaque)
        texture = self.textures[key]
        if texture is None:
            return None
        coordinates = f"TEXCOORD_{moved.get('texCoord', info.get('texCoord', 0))}"
        return PlacedTexture(texture, self._picture(key[0])[0], coordinates, _matrix(moved))

    def _picture(self, index: Any) -> tuple[str, Any]:
        """The name of a texture's picture for notes, and the picture's index."""
        entry = self.document.get("textures", index)
        source = (extension(entry, *PICTURE_EXTENSIONS) or entry).get("source", entry.get("source"))
        return (f"textures[{index}]" if source is None else f"images[{source}]"), source

    def _texture(self, index: Any, opaque: bool) -> Texture | None:
        entry, (name, source) = self.document.get("textures", index), self._picture(index)
        image = self.images.image(name, lambda: self._bytes(entry, source), opaque)
        if image is None:
            return None
        sampler = self.document.get("samplers", entry["sampler"]) if "sampler" in entry else {}
        wrap = (WRAPS.get(sampler.get("wrapS", 0), "repeat"), WRAPS.get(sampler.get("wrapT", 0), "repeat"))
        return Texture(image, wrap, sampler.get("magFilter") != NEAREST)

    def _bytes(self, entry: dict[str, Any], source: Any) -> bytes:
        if source is None:
            others = ", ".join(entry.get("extensions") or {}) or "no picture"
            raise InputError(f"a texture in a format that isn't read here ({others})")
        image = self.document.get("images", source)
        if "uri" in image:
            return self.document.uri(image["uri"])
        return view_bytes(self.document, image.get("bufferView"))


def _cutoff(entry: dict[str, Any]) -> float:
    mode = entry.get("alphaMode", "OPAQUE")
    (cutoff,) = _numbers([entry.get("alphaCutoff", 0.5)], 1)
    return {"MASK": cutoff, "BLEND": BLENDED}.get(mode, OPAQUE)


def _strengthened(light: Any, entry: dict[str, Any]) -> list[float]:
    """Emission times its strength, at most so strong that the brightest channel is full: the hue stays."""
    strength = (extension(entry, "KHR_materials_emissive_strength") or {}).get("emissiveStrength", 1.0)
    return [float(channel) * min(float(strength), 1 / max(*light, 1e-9)) for channel in light]


def _numbers(values: Any, count: int) -> Any:
    numbers = tuple(float(value) for value in values)
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise InputError(f"a material has {list(numbers)}, expected {count} finite numbers")
    return numbers


def _matrix(moved: dict[str, Any]) -> Float[np.ndarray, "2 3"]:
    """KHR_texture_transform: scale, then a turn (counter-clockwise, with v downwards), then offset."""
    cosine, sine = np.cos(moved.get("rotation", 0.0)), np.sin(moved.get("rotation", 0.0))
    turn = np.array([[cosine, sine], [-sine, cosine]])
    linear = turn * np.asarray(moved.get("scale", (1.0, 1.0)), np.float64)
    return np.column_stack([linear, np.asarray(moved.get("offset", (0.0, 0.0)), np.float64)])
