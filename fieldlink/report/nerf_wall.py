"""The wall of NeRFs: ground truth, render and difference of the best, the median and the worst fits."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float

from fieldlink.report.psnr_charts import judged
from fieldlink.report.study import Study
from fieldlink.report.thumbnails import Picture, difference, of_rows


@dataclass(frozen=True)
class Portrait:
    """One fit seen from one view, held out if any is."""

    object_id: str
    class_name: str
    group: str  # best, median or worst
    psnr: float  # dB, mean over the held-out views (fitted ones if none is), whole frame on black
    truth: Picture
    render: Picture

    @property
    def difference(self) -> Picture:
        return difference(self.truth, self.render)


def ranked(psnr: Float[np.ndarray, " nerf"], each: int = 3) -> dict[str, list[int]]:
    """Indices of the `each` best, most central and worst fits; none stands in two groups. Ties: lower index first."""
    order = np.argsort(-psnr, kind="stable")
    each = min(each, max(1, len(order) // 3))
    middle = (len(order) - each) // 2
    groups = {"best": order[:each], "median": order[middle : middle + each], "worst": order[-each:]}
    taken: set[int] = set()
    result = {}
    for name, indices in groups.items():
        result[name] = [int(index) for index in indices if int(index) not in taken]
        taken |= set(result[name])
    return result


def portraits(study: Study) -> list[Portrait]:
    """The chosen fits seen from the study's shown view; none if a picture's reader or all quality is missing."""
    if study.nerfs is None or study.views_of is None or study.renders_of is None:
        return []
    originals = study.nerfs.filter(pc.field("object_id").isin(study.originals))
    _, quality = judged(originals)
    known = np.isfinite(quality)
    if not known.any():
        return []
    ids, psnr = originals.filter(pa.array(known))["object_id"].to_pylist(), quality[known]
    groups = ranked(psnr)
    chosen = sorted(ids[i] for indices in groups.values() for i in indices)
    truths, renders = (
        of_rows(reader(chosen), "object_id", study.shown_view) for reader in (study.views_of, study.renders_of)
    )
    return [
        Portrait(ids[i], study.class_of[ids[i]], group, float(psnr[i]), truths[ids[i]], renders[ids[i]])
        for group, indices in groups.items()
        for i in indices
        if ids[i] in truths and ids[i] in renders
    ]
