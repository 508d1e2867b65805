"""The wall of NeRFs: ground truth, render and difference of the best, the median and the worst fits."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float

from fieldlink.report.psnr_charts import ranking_psnr
from fieldlink.report.report_study import ReportStudy
from fieldlink.report.thumbnails import Picture, amplified_difference, pictures_by_id


@dataclass(frozen=True)
class FitPictures:
    """One fit seen from one view, held out if any is."""

    object_id: str
    class_name: str
    group: str  # best, median or worst
    psnr: float  # dB, mean over the held-out views (fitted ones if none is), whole frame on black
    truth: Picture
    render: Picture

    @property
    def difference(self) -> Picture:
        return amplified_difference(self.truth, self.render)


def rank_groups(psnr: Float[np.ndarray, " nerf"], size: int = 3) -> dict[str, list[int]]:
    """Indices of the `size` best, most central and worst fits; none stands in two groups. Ties: lower index first."""
    order = np.argsort(-psnr, kind="stable")
    size = min(size, max(1, len(order) // 3))
    middle = (len(order) - size) // 2
    groups = {"best": order[:size], "median": order[middle : middle + size], "worst": order[-size:]}
    taken: set[int] = set()
    result = {}
    for name, indices in groups.items():
        result[name] = [int(index) for index in indices if int(index) not in taken]
        taken |= set(result[name])
    return result


def fit_pictures(study: ReportStudy) -> list[FitPictures]:
    """The best, median and worst fits of original objects, seen from the study's display view.

    The list is empty where NeRFs or a reader of views is missing, or no PSNR was measured.
    """
    nerfs, read_views, read_renders = study.rows.nerfs, study.readers.views, study.readers.rendered_views
    if nerfs is None or read_views is None or read_renders is None:
        return []
    originals = nerfs.filter(pc.field("object_id").isin(study.original_ids))
    _, psnr = ranking_psnr(originals)
    measured = np.isfinite(psnr)
    if not measured.any():
        return []
    ids, psnr = originals.filter(pa.array(measured))["object_id"].to_pylist(), psnr[measured]
    groups = rank_groups(psnr)
    shown_ids = sorted(ids[i] for indices in groups.values() for i in indices)
    truths = pictures_by_id(read_views(shown_ids), "object_id", study.display_view)
    renders = pictures_by_id(read_renders(shown_ids), "object_id", study.display_view)
    return [
        FitPictures(ids[i], study.class_of[ids[i]], group, float(psnr[i]), truths[ids[i]], renders[ids[i]])
        for group, indices in groups.items()
        for i in indices
        if ids[i] in truths and ids[i] in renders
    ]
