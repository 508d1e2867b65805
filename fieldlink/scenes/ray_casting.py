"""Ray casting: posed views of a coloured mesh, lit as ShapeNetRenders (protocol 1.1). The one import of trimesh's rays.

One ray per pixel finds the visible face. Four more rays are cast where it finds none and beside an edge of silhouette
or colour: they find thin parts and anti-alias at a fraction of the price of five rays everywhere.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Integer
from trimesh import Trimesh
from trimesh.ray.ray_pyembree import RayMeshIntersector

from fieldlink.scenes import cameras
from fieldlink.scenes.meshes import Mesh, face_normals
from fieldlink.scenes.views import Views

PROBES = np.array([[-1, -3], [3, -1], [1, 3], [-3, 1]], np.float32) / 8  # from a pixel's centre, no two in line
EDGE = 0.05  # step of colour between neighbours, of the full range
_ALL, _LATER, _EARLIER = slice(None), slice(1, None), slice(None, -1)
NEIGHBOURS = (((_ALL, _LATER), (_ALL, _EARLIER)), ((_ALL, _ALL, _LATER), (_ALL, _ALL, _EARLIER)))  # below, beside


@dataclass(frozen=True)
class Lighting:
    """Lambert's law on both sides of a face; no shadows. Strengths are times albedo, RGB."""

    towards_sun: tuple[float, float, float] = (0.45, 0.75, 0.5)  # world; any length
    sun: tuple[float, float, float] = (0.7, 0.7, 0.7)
    sky: tuple[float, float, float] = (0.4, 0.4, 0.4)  # hemispheric: full from above, half sideways, none below
    opposite: tuple[float, float, float] = (0.35, 0.35, 0.35)  # a second sun, from where the first shines to

    def on(self, normal: Float[np.ndarray, "hit 3"]) -> Float[np.ndarray, "hit 3"]:
        """Light that arrives, RGB, for unit normals turned towards the viewer."""
        sun = np.asarray(self.towards_sun, np.float32)
        cosine = normal @ (sun / np.linalg.norm(sun))
        shares = np.stack([np.maximum(cosine, 0), 0.5 + 0.5 * normal[:, 1], np.maximum(-cosine, 0)], axis=1)
        return shares @ np.asarray([self.sun, self.sky, self.opposite], np.float32)


STUDIO = Lighting()


def render(
    model: Mesh, poses: Float[np.ndarray, "view 3 4"], angle: float, resolution: int, lighting: Lighting = STUDIO
) -> Views:
    """Square views, straight-alpha RGBA; z-depth is the centre ray's. No view depends on the others."""
    tracer = _Tracer(model, poses.astype(np.float32), angle, resolution, lighting)
    shape = (len(poses), resolution, resolution)
    colour, hit, depth = np.zeros((*shape, 3), np.float32), np.zeros(shape, bool), np.zeros(shape, np.float32)
    inside = tracer.may_see(shape)
    view, row, column = np.nonzero(inside)
    centres = np.stack([column, row], axis=1) + np.float32(0.5)
    colour[inside], hit[inside], depth[inside] = tracer.trace(view, centres)
    doubtful = np.nonzero(_beside_edges(colour, hit) | (inside & ~hit))
    alpha = hit.astype(np.float32)
    colour[doubtful], alpha[doubtful] = _supersampled(tracer, doubtful, colour[doubtful], hit[doubtful])
    image = np.concatenate([colour, alpha[..., None]], axis=-1)
    return Views((255 * image + 0.5).astype(np.uint8), tracer.poses, angle, depth)


def _beside_edges(
    colour: Float[np.ndarray, "view height width 3"], hit: Bool[np.ndarray, "view height width"]
) -> Bool[np.ndarray, "view height width"]:
    """Pixels that differ from one of their four neighbours."""
    edge = np.zeros_like(hit)
    for here, there in NEIGHBOURS:
        step = np.abs(colour[here] - colour[there]) > EDGE  # by channel: any() over three is slow
        differs = (hit[here] != hit[there]) | step[..., 0] | step[..., 1] | step[..., 2]
        edge[here] |= differs
        edge[there] |= differs
    return edge


def _supersampled(
    tracer: "_Tracer",
    pixels: tuple[Integer[np.ndarray, " pixel"], ...],
    colour: Float[np.ndarray, "pixel 3"],
    hit: Bool[np.ndarray, " pixel"],
) -> tuple[Float[np.ndarray, "pixel 3"], Float[np.ndarray, " pixel"]]:
    """Mean colour of the rays that hit something, and their share, of pixels (view, row, column).

    `colour`, `hit`: of the centres' rays.
    """
    view, row, column = pixels
    places = np.stack([column, row], axis=1)[:, None] + (PROBES + np.float32(0.5))
    probed, met, _ = tracer.trace(np.repeat(view, len(PROBES)), places.reshape(-1, 2))
    count = hit + met.reshape(-1, len(PROBES)).sum(axis=1)
    total = colour + probed.reshape(-1, len(PROBES), 3).sum(axis=1)  # nothing hit is black
    return total / np.maximum(count, 1)[:, None], (count / (1 + len(PROBES))).astype(np.float32)


class _Tracer:
    """First hits of rays of one set of cameras on one model, shaded."""

    def __init__(
        self, model: Mesh, poses: Float[np.ndarray, "view 3 4"], angle: float, resolution: int, lighting: Lighting
    ) -> None:
        self.model, self.poses, self.angle, self.resolution, self.lighting = model, poses, angle, resolution, lighting
        self.embree = RayMeshIntersector(Trimesh(model.vertices, model.faces, process=False))
        corners = model.vertices[model.faces].astype(np.float64)
        normals = face_normals(corners)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
        self.normals, self.anchors = normals.astype(np.float32), corners[:, 0].astype(np.float32)

    def may_see(self, shape: tuple[int, int, int]) -> Bool[np.ndarray, "view height width"]:
        """Pixels inside the rectangle around the projected bounding box; all if a corner is behind the camera."""
        low, high = self.model.vertices.min(axis=0), self.model.vertices.max(axis=0)
        box = np.stack(np.meshgrid(*zip(low, high, strict=True)), axis=-1).reshape(-1, 3)
        pixels, depth = cameras.project(box, self.poses, self.angle, self.resolution, self.resolution)
        before = np.all(depth > 1e-6, axis=1, keepdims=True)
        first, last = np.where(before, pixels.min(axis=1), 0), np.where(before, pixels.max(axis=1), self.resolution)
        at = np.arange(self.resolution)
        spans = (at >= np.floor(first)[..., None]) & (at <= np.floor(last)[..., None])  # view, (x, y), pixel
        return (spans[:, 1, :, None] & spans[:, 0, None, :]).reshape(shape)

    def trace(
        self, view: Integer[np.ndarray, " ray"], pixels: Float[np.ndarray, "ray 2"]
    ) -> tuple[Float[np.ndarray, "ray 3"], Bool[np.ndarray, " ray"], Float[np.ndarray, " ray"]]:
        """Colour in [0, 1], whether a face is hit, and z-depth; black and 0 where none is."""
        origins, directions, face = self._cast(view, pixels)
        hit = face >= 0
        face, origins, directions = face[hit], origins[hit], directions[hit]
        normals = self.normals[face]
        slope = np.einsum("ri,ri->r", normals, directions)
        slope = np.where(np.abs(slope) < 1e-12, 1e-12, slope)
        depth = np.einsum("ri,ri->r", normals, self.anchors[face] - origins) / slope  # directions reach depth 1
        albedo = self.model.albedo(origins + depth[:, None] * directions, face)
        light = self.lighting.on(np.where(slope[:, None] > 0, -normals, normals))
        colours, depths = np.zeros((len(hit), 3), np.float32), np.zeros(len(hit), np.float32)
        colours[hit], depths[hit] = np.clip(albedo * light, 0, 1), depth
        return colours, hit, depths

    def _cast(
        self, view: Integer[np.ndarray, " ray"], pixels: Float[np.ndarray, "ray 2"]
    ) -> tuple[Float[np.ndarray, "ray 3"], Float[np.ndarray, "ray 3"], Integer[np.ndarray, " ray"]]:
        """Origins, directions that reach depth 1, and the first face met, or -1."""
        offset = (pixels - np.float32(self.resolution / 2)) / np.float32(cameras.focal(self.angle, self.resolution))
        right, up, backward, origin = (self.poses[..., column].take(view, axis=0) for column in range(4))
        directions = right * offset[:, :1] - up * offset[:, 1:] - backward
        return origin, directions, self.embree.intersects_first(origin, directions)
