"""Figure 4.1: the test NeRFs in both spaces, as t-SNE lays them out."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float

from fieldlink.report.charts import Chart, scatter

TITLES = {"nerf_embedding": "(a) NeRF embeddings v", "clip_embedding": "(b) their images in CLIP's space, g(v)"}


def projection_chart(projections: pa.Table) -> Chart:
    """One panel per space, one colour and marker per class. `projections`: rows of that dataset."""
    spaces = [name for name in TITLES if name in projections["space"].to_pylist()]
    panels = {TITLES[name]: _points_by_class(projections.filter(pc.field("space") == name)) for name in spaces}
    classes = sorted(set(projections["class_name"].to_pylist()))
    objects = len(set(projections["object_id"].to_pylist()))
    alt = f"t-SNE of {objects:,} test NeRFs by class ({', '.join(classes)}): {'; '.join(panels)}"
    return Chart(scatter(panels), alt)


def _points_by_class(rows: pa.Table) -> dict[str, Float[np.ndarray, "point 2"]]:
    """Points (x, y) of each class, in order of name."""
    names = np.array(rows["class_name"].to_pylist())
    points = np.stack([rows[axis].to_numpy() for axis in ("x", "y")], axis=1)
    return {str(name): points[names == name] for name in np.unique(names)}
