"""What the core glTF 2.0 specification says is drawn: the same chair, written in many ways."""

import io

import numpy as np
import pytest
from extras import needed
from PIL import Image
from scenes.chair_pictures import check_chair
from scenes.gltf_files import BLUE, BOXES, LEG, LEG_PLACES, Gltf, box, chair

from fieldlink.scenes.importers.mesh_colours import to_linear

VERTICES, FACES, COLOURS = chair()
HALF_TURN = [0.0, 1.0, 0.0, 0.0]
IDENTITY = np.eye(4).reshape(1, 16)


def linear(channels: int = 3) -> np.ndarray:
    return np.concatenate([to_linear(COLOURS), np.ones((48, 1))], axis=1)[:, :channels].astype(np.float32)


def palette(gltf: Gltf, mode: str = "png", **sampler: int) -> int:
    """A texture of the three colours side by side, of two pixels each, and grey."""
    pixels = np.repeat(np.array([[*{tuple(colour): 0 for _, _, colour in BOXES}, (0.5, 0.5, 0.5)]]), 2, axis=1)
    stream = io.BytesIO()
    Image.fromarray(np.round(255 * pixels).astype(np.uint8)).save(stream, mode, lossless=True)
    texture = {"source": gltf.image(stream.getvalue(), f"image/{mode}")}
    return gltf.add("textures", **texture, **({"sampler": gltf.add("samplers", **sampler)} if sampler else {}))


def palette_uv() -> np.ndarray:
    """Texture coordinates of the chair's vertices."""
    order = [tuple(colour) for colour in dict.fromkeys(map(tuple, (box[2] for box in BOXES)))]
    u = [(order.index(tuple(colour)) + 0.5) / 4 for colour in COLOURS]
    return np.stack([u, np.full(48, 0.5)], axis=1).astype(np.float32)


def textured(gltf: Gltf, info: dict, uv: np.ndarray, coordinates: str = "TEXCOORD_0", **material) -> None:
    look = gltf.add("materials", pbrMetallicRoughness={"baseColorTexture": info}, **material)
    gltf.node(gltf.primitive(VERTICES, FACES, look, **{coordinates: gltf.accessor(uv)}))


def materials(gltf):
    gltf.node(*gltf.boxes())


def vertex_colours_alone(gltf):
    gltf.node(gltf.primitive(VERTICES, FACES, COLOR_0=gltf.accessor(linear())))


def vertex_colours_of_16_bits_with_alpha(gltf):
    colours = np.round(65535 * linear(4)).astype(np.uint16)
    gltf.node(gltf.primitive(VERTICES, FACES, COLOR_0=gltf.accessor(colours, normalized=True)))


def vertex_colours_times_factor(gltf):
    material = gltf.add("materials", pbrMetallicRoughness={"baseColorFactor": [0.8, 0.8, 0.8, 1.0]})
    gltf.node(gltf.primitive(VERTICES, FACES, material, COLOR_0=gltf.accessor(linear() / np.float32(0.8))))


def texture(gltf):
    textured(gltf, {"index": palette(gltf)}, palette_uv())


def second_set_of_coordinates(gltf):
    info = {"index": palette(gltf), "texCoord": 1}
    textured(gltf, info, palette_uv(), "TEXCOORD_1")


def coordinates_of_16_bits(gltf):
    look = gltf.add("materials", pbrMetallicRoughness={"baseColorTexture": {"index": palette(gltf)}})
    uv = gltf.accessor(np.round(65535 * palette_uv()).astype(np.uint16), normalized=True)
    gltf.node(gltf.primitive(VERTICES, FACES, look, TEXCOORD_0=uv))


def texture_transform(gltf):
    """A quarter turn takes (a, b) to (b, -a): from v' = u and u' = -v back to u, v, with scale 2 and offset."""
    moved = {"rotation": np.pi / 2, "scale": [2.0, 2.0], "offset": [0.25, 0.5]}
    back = (palette_uv() - [0.25, 0.5]) @ np.array([[0, 1], [-1, 0]]) / 2
    textured(gltf, {"index": palette(gltf), "extensions": {"KHR_texture_transform": moved}}, back.astype(np.float32))


def texture_repeated_from_afar(gltf):
    textured(gltf, {"index": palette(gltf)}, palette_uv() + np.float32([5, -3]))


def texture_mirrored_and_clamped(gltf):
    sampler = {"wrapS": 33648, "wrapT": 33071, "magFilter": 9728}
    textured(gltf, {"index": palette(gltf, **sampler)}, np.float32([2, 7]) + palette_uv() * np.float32([-1, 1]))


def webp_texture(gltf):
    number = palette(gltf, "webp")
    source = gltf.json["textures"][number].pop("source")
    gltf.json["textures"][number]["extensions"] = {"EXT_texture_webp": {"source": source}}
    gltf.json["extensionsRequired"] = ["EXT_texture_webp"]
    textured(gltf, {"index": number}, palette_uv())


def specular_glossiness(gltf):
    def glossy(colour):
        factor = [*to_linear(np.asarray(colour)).tolist(), 1.0]
        return gltf.add("materials", extensions={"KHR_materials_pbrSpecularGlossiness": {"diffuseFactor": factor}})

    gltf.node(*gltf.boxes(glossy))


def emission_on_black(gltf):
    def glowing(colour):
        base = {"baseColorFactor": [0, 0, 0, 1]}
        half = {"emissiveFactor": (to_linear(np.asarray(colour)) / 2).tolist()}
        strength = {"KHR_materials_emissive_strength": {"emissiveStrength": 2.0}}
        return gltf.add("materials", pbrMetallicRoughness=base, extensions=strength, **half)

    gltf.node(*gltf.boxes(glowing))


def unlit(gltf):
    gltf.node(*gltf.boxes(lambda colour: gltf.coloured(colour, extensions={"KHR_materials_unlit": {}})))


def quantised(gltf):
    low, high = VERTICES.min(), VERTICES.max()
    steps = np.round((VERTICES - low) / (high - low) * 32767).astype(np.int16)
    primitive = {
        "attributes": {
            "POSITION": gltf.accessor(np.pad(steps, ((0, 0), (0, 1)))[:, :3].copy(), normalized=True),
            "COLOR_0": gltf.accessor(linear()),
        },
        "indices": gltf.accessor(FACES.reshape(-1)),
    }
    gltf.json["extensionsRequired"] = ["KHR_mesh_quantization"]
    gltf.node(primitive, scale=[float(high - low)] * 3, translation=[float(low)] * 3)


def interleaved(gltf):
    rows = np.concatenate([VERTICES, linear()], axis=1).tobytes()
    view, form = gltf.view(rows, byteStride=24), {"componentType": 5126, "type": "VEC3", "count": 48}
    attributes = {"POSITION": 0, "COLOR_0": 12}
    named = {name: gltf.add("accessors", bufferView=view, byteOffset=at, **form) for name, at in attributes.items()}
    gltf.node({"attributes": named, "indices": gltf.accessor(FACES.reshape(-1))})


def sparse(gltf):
    wrong, at = VERTICES.copy(), np.arange(0, 48, 5, dtype=np.uint8)
    wrong[at] = 9
    places = {"bufferView": gltf.view(at.tobytes()), "componentType": 5121}
    new = {"bufferView": gltf.view(VERTICES[at].tobytes())}
    position = gltf.accessor(wrong, sparse={"count": len(at), "indices": places, "values": new})
    gltf.node(gltf.primitive(VERTICES, FACES, COLOR_0=gltf.accessor(linear())) | {})
    gltf.json["meshes"][-1]["primitives"][0]["attributes"]["POSITION"] = position


def without_indices(gltf):
    for size, centre, colour in BOXES:
        vertices, faces = box(size, centre)
        flat = {"POSITION": gltf.accessor(vertices[faces.reshape(-1)])}
        gltf.node({"attributes": flat, "material": gltf.coloured(colour)})


def strips(gltf):
    """Each triangle a, b, c as a, a, b, c, c between others: the rest of the strip has no area."""
    for primitive, (size, centre, _) in zip(gltf.boxes(), BOXES, strict=True):
        strip = box(size, centre)[1][:, [0, 0, 1, 2, 2]].reshape(-1)
        gltf.node(primitive | {"indices": gltf.accessor(strip), "mode": 5})


def fans(gltf):
    for primitive, (size, centre, _) in zip(gltf.boxes(), BOXES, strict=True):
        for face in box(size, centre)[1]:
            gltf.node(primitive | {"indices": gltf.accessor(face), "mode": 6})


def a_tree_of_nodes(gltf):
    """A matrix that mirrors, above a scale that mirrors back."""
    matrix = np.diag([2.0, 2.0, -2.0, 1.0])
    matrix[:3, 3] = [1, 2, 3]
    inner = gltf.node(*gltf.boxes(), root=False, translation=[-0.5, -1.0, 1.5], scale=[1, 1, -1])
    gltf.node(matrix=matrix.T.reshape(-1).tolist(), children=[inner])


def the_default_scene(gltf):
    gltf.node(gltf.primitive(*box((9, 9, 9))))
    gltf.node(*gltf.boxes())
    gltf.json |= {"scene": 1, "scenes": [{"nodes": [0]}, {"nodes": [1]}]}


def without_scenes(gltf):
    gltf.node(*gltf.boxes())
    del gltf.json["scene"], gltf.json["scenes"]


def instances(gltf):
    gltf.node(*gltf.boxes()[:2])
    attributes = {"TRANSLATION": gltf.accessor(LEG_PLACES.astype(np.float32))}
    attributes["ROTATION"] = gltf.accessor(np.tile(np.float32(HALF_TURN), (4, 1)))
    extension = {"EXT_mesh_gpu_instancing": {"attributes": attributes}}
    gltf.node(gltf.primitive(*box(LEG), gltf.coloured(BLUE)), extensions=extension)


def a_skin(gltf):
    """Two joints, of which the second is turned and moved; the mesh's own node, far away, doesn't count."""
    joints = np.zeros((48, 4), np.uint8)
    joints[8:16, 0] = 1
    weights = np.tile(np.float32([1, 0, 0, 0]), (48, 1))
    moved = VERTICES.copy()
    moved[8:16] = (moved[8:16] - [0, 1, 0]) * [-1, 1, -1]  # undone by half a turn about y, then a step up
    attributes = {"JOINTS_0": gltf.accessor(joints), "WEIGHTS_0": gltf.accessor(weights)}
    primitive = gltf.primitive(moved.astype(np.float32), FACES, COLOR_0=gltf.accessor(linear()), **attributes)
    roots = [gltf.node(), gltf.node(rotation=HALF_TURN, translation=[0, 1, 0])]
    inverse = gltf.accessor(np.tile(np.float32(IDENTITY), (2, 1)))
    skin = gltf.add("skins", joints=roots, inverseBindMatrices=inverse)
    gltf.node(primitive, skin=skin, translation=[70, 8, 9], scale=[3, 1, 2])


def morph_targets(gltf):
    """Half of one target and all of another; a third has no weight."""
    first, second = (np.random.default_rng(seed).normal(size=(48, 3)).astype(np.float32) for seed in (0, 1))
    start = (VERTICES - 0.5 * first - second).astype(np.float32)
    primitive = gltf.primitive(start, FACES, COLOR_0=gltf.accessor(linear()))
    primitive["targets"] = [{"POSITION": gltf.accessor(change)} for change in (first, second, first)]
    gltf.node(primitive)
    gltf.json["meshes"][-1]["weights"] = [0.5, 1.0, 0.0]


def a_mask_and_a_blend_around_it(gltf):
    """Two boxes that hide the chair, but for their alpha; inside it, so that the bounds stay."""
    gltf.node(*gltf.boxes())
    for mode, alpha in (("MASK", 0.4), ("BLEND", 0.0)):
        look = {"baseColorFactor": [1, 1, 1, alpha]}
        material = gltf.add("materials", pbrMetallicRoughness=look, alphaMode=mode)
        gltf.node(gltf.primitive(*box((0.99, 1.2, 0.99), (0, 0.7, 0)), material))


def meshopt(gltf):
    codec = needed("meshopt")
    gltf.node(gltf.primitive(VERTICES, FACES, COLOR_0=gltf.accessor(linear())))
    for rows, accessor, mode in ((VERTICES, 1, "ATTRIBUTES"), (FACES.reshape(-1, 1), 2, "TRIANGLES")):
        entry = gltf.json["accessors"][accessor]
        data = codec.encode_gltf_buffer(np.ascontiguousarray(rows), mode)
        settings = gltf.json["bufferViews"][gltf.view(data)] | {
            "count": len(rows), "byteStride": rows.itemsize * rows.shape[1], "mode": mode,
        }  # fmt: skip
        size = len(rows) * settings["byteStride"]
        compressed = {"EXT_meshopt_compression": settings}
        entry["bufferView"] = gltf.add("bufferViews", buffer=0, byteLength=size, extensions=compressed)
    gltf.json["extensionsRequired"] = ["EXT_meshopt_compression"]


def far_away(gltf: Gltf, **entry) -> int:
    """A node with a box beside the chair, 50 lengths away."""
    return gltf.node(gltf.primitive(*box(LEG)), translation=[50, 0, 0], **entry)


def a_part_hidden_by_a_scale_of_0(gltf):
    """glTF 2.0, transformations: so that an animation may show and hide it."""
    materials(gltf)
    far_away(gltf, scale=[0, 0, 0])


def hidden_nodes(gltf):
    """A node of KHR_node_visibility hides those below it; others may say that they are seen."""
    materials(gltf)
    below = far_away(gltf, root=False, extensions={"KHR_node_visibility": {"visible": True}})
    gltf.node(children=[below], extensions={"KHR_node_visibility": {"visible": False}})
    gltf.json["extensionsRequired"] = ["KHR_node_visibility"]


@pytest.mark.parametrize(
    "kind",
    [
        materials, vertex_colours_alone, vertex_colours_of_16_bits_with_alpha, vertex_colours_times_factor, texture,
        second_set_of_coordinates, coordinates_of_16_bits, texture_transform, texture_repeated_from_afar,
        texture_mirrored_and_clamped, webp_texture, specular_glossiness, emission_on_black, unlit, quantised,
        interleaved, sparse, without_indices, strips, fans, a_tree_of_nodes, the_default_scene, without_scenes,
        instances, a_skin, morph_targets, a_mask_and_a_blend_around_it, meshopt,
        a_part_hidden_by_a_scale_of_0, hidden_nodes,
    ],
)  # fmt: skip
def test_the_chair_is_drawn_in_shape_and_colour(tmp_path, kind):
    gltf = Gltf()
    kind(gltf)
    check_chair(gltf.write(tmp_path / "chair.glb"))
    assert check_chair(gltf.write(tmp_path / "chair.gltf")).notes == ()


def test_draco_gives_the_shape(tmp_path):
    gltf, codec = Gltf(), needed("DracoPy")
    data = codec.encode(VERTICES, FACES, quantization_bits=16, preserve_order=True)
    form = {"componentType": 5126, "type": "VEC3", "count": 48}
    compressed = {"bufferView": gltf.view(data), "attributes": {"POSITION": 0}}
    indices = gltf.add("accessors", componentType=5123, type="SCALAR", count=FACES.size)
    named = {"POSITION": gltf.add("accessors", **form)}
    extensions = {"KHR_draco_mesh_compression": compressed}
    gltf.node({"attributes": named, "indices": indices, "extensions": extensions})
    gltf.json["extensionsRequired"] = ["KHR_draco_mesh_compression"]
    check_chair(gltf.write(tmp_path / "draco.glb"), coloured=False)
