"""Ray casting: posed views of a coloured mesh, lit as ShapeNetRenders (protocol 1.1). The one import of trimesh's rays.

One ray per pixel finds the visible face. Four more rays are cast where it finds none and beside an edge of silhouette
or colour: they find thin parts and anti-alias at a fraction of the price of five rays everywhere. A ray goes on behind
a surface that lets light through.
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
LAYERS = 32  # surfaces that one ray may pass
BEHIND = 1e-4  # how far behind a surface a ray goes on; copies of the surface within this distance don't count
STOPPED = 0.998  # share of light: what is behind can't be seen in 8 bits
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
    colour, alpha, depth = np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    inside = tracer.may_see(shape)
    view, row, column = np.nonzero(inside)
    centres = np.stack([column, row], axis=1) + np.float32(0.5)
    colour[inside], alpha[inside], depth[inside] = tracer.trace(view, centres)
    doubtful = np.nonzero(_beside_edges(colour, alpha) | (inside & (alpha == 0)))
    colour[doubtful], alpha[doubtful] = _supersampled(tracer, doubtful, colour[doubtful], alpha[doubtful])
    image = np.concatenate([colour, alpha[..., None]], axis=-1)
    return Views((255 * image + 0.5).astype(np.uint8), tracer.poses, angle, depth, notes=model.notes)


def _beside_edges(
    colour: Float[np.ndarray, "view height width 3"], alpha: Float[np.ndarray, "view height width"]
) -> Bool[np.ndarray, "view height width"]:
    """Pixels that differ from one of their four neighbours."""
    edge = np.zeros(alpha.shape, bool)
    for here, there in NEIGHBOURS:
        step = np.abs(colour[here] - colour[there]) > EDGE  # by channel: any() over three is slow
        differs = (np.abs(alpha[here] - alpha[there]) > EDGE) | step[..., 0] | step[..., 1] | step[..., 2]
        edge[here] |= differs
        edge[there] |= differs
    return edge


def _supersampled(
    tracer: "_Tracer",
    pixels: tuple[Integer[np.ndarray, " pixel"], ...],
    colour: Float[np.ndarray, "pixel 3"],
    alpha: Float[np.ndarray, " pixel"],
) -> tuple[Float[np.ndarray, "pixel 3"], Float[np.ndarray, " pixel"]]:
    """Colour of the rays, weighted by their alpha, and mean alpha, of pixels (view, row, column).

    `colour`, `alpha`: those of the centres' rays.
    """
    view, row, column = pixels
    positions = np.stack([column, row], axis=1)[:, None] + (PROBES + np.float32(0.5))
    probed, stopped, _ = tracer.trace(np.repeat(view, len(PROBES)), positions.reshape(-1, 2))
    count = alpha + stopped.reshape(-1, len(PROBES)).sum(axis=1)
    total = alpha[:, None] * colour + (stopped[:, None] * probed).reshape(-1, len(PROBES), 3).sum(axis=1)
    return total / np.where(count > 0, count, 1)[:, None], count / np.float32(1 + len(PROBES))


class _Tracer:
    """Rays of one set of cameras on one model, shaded."""

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
    ) -> tuple[Float[np.ndarray, "ray 3"], Float[np.ndarray, " ray"], Float[np.ndarray, " ray"]]:
        """Colour in [0, 1], alpha, and the z-depth by which half of the light is stopped; 0 where nothing is met."""
        origins, directions = self._rays(view, pixels)
        colour, alpha, depth = np.zeros((len(view), 3), np.float32), *np.zeros((2, len(view)), np.float32)
        ray, start = np.arange(len(view)), np.zeros(len(view))  # rays under way, and the z-depth of their origins
        for _ in range(LAYERS):
            shade, opacity, is_hit, reached = self._first(origins, directions)
            ray, share = ray[is_hit], (1 - alpha[ray[is_hit]]) * opacity
            colour[ray] += share[:, None] * shade
            alpha[ray] += share
            depth[ray] = np.where((depth[ray] == 0) & (alpha[ray] >= 0.5), start[is_hit] + reached, depth[ray])
            on = alpha[ray] < STOPPED
            if not on.any():
                break
            step = reached[on] + BEHIND
            ray, start, directions = ray[on], start[is_hit][on] + step, directions[is_hit][on]
            origins = origins[is_hit][on] + step[:, None] * directions
        return colour / np.where(alpha > 0, alpha, 1)[:, None], alpha, depth

    def _first(
        self, origins: Float[np.ndarray, "ray 3"], directions: Float[np.ndarray, "ray 3"]
    ) -> tuple[
        Float[np.ndarray, "hit 3"], Float[np.ndarray, " hit"], Bool[np.ndarray, " ray"], Float[np.ndarray, " hit"]
    ]:
        """The first surface that each ray meets: its colour and opacity, which rays meet one, and its z-depth."""
        face = self.embree.intersects_first(origins, directions)
        hit = face >= 0
        face, origins, directions = face[hit], origins[hit], directions[hit]
        normals = self.normals[face]
        slope = np.einsum("ri,ri->r", normals, directions)
        slope = np.where(np.abs(slope) < 1e-12, 1e-12, slope)
        depth = np.einsum("ri,ri->r", normals, self.anchors[face] - origins) / slope  # directions reach depth 1
        points = origins + depth[:, None] * directions
        light = self.lighting.on(np.where(slope[:, None] > 0, -normals, normals))
        shade = np.clip(self.model.albedo(points, face) * light, 0, 1)
        opacity = self.model.opacity(points, face) if self.model.opacity else np.ones(len(face), np.float32)
        return shade, opacity, hit, depth

    def _rays(
        self, view: Integer[np.ndarray, " ray"], pixels: Float[np.ndarray, "ray 2"]
    ) -> tuple[Float[np.ndarray, "ray 3"], Float[np.ndarray, "ray 3"]]:
        """Origins, and directions that reach depth 1."""
        offset = (pixels - np.float32(self.resolution / 2)) / np.float32(cameras.focal(self.angle, self.resolution))
        right, up, backward, origin = (self.poses[..., column].take(view, axis=0) for column in range(4))
        return origin, right * offset[:, :1] - up * offset[:, 1:] - backward
