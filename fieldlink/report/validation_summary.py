"""The dozen numbers to tune on: what `dvc metrics show` and `dvc exp show` put first."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from fieldlink.core.variants import CLIP2NERF_COSINE, NERF2CLIP_SIGLIP, Variant
from fieldlink.evaluation.measures.intervals import Interval, mean_of_any
from fieldlink.evaluation.results.clip_accuracy import MEAN
from fieldlink.evaluation.results.query_results import CellKey, head_key, hit_key
from fieldlink.evaluation.results.space_hits import INTERVAL
from fieldlink.evaluation.study_tables import RETRIEVAL
from fieldlink.evaluation.tables.zero_shot import MODEL_PROMPT, TABLE_OF_TEMPLATE
from fieldlink.report.table_results import TableResult

SUMMARY = "summary"  # the file of metrics that has them
CELLS = {
    "clip2nerf": hit_key(RETRIEVAL["gt"], CLIP2NERF_COSINE, 1),
    "clip2nerf_photo": hit_key(RETRIEVAL["photo"], CLIP2NERF_COSINE, 1),
    "nerf2clip": hit_key(RETRIEVAL["gt"], NERF2CLIP_SIGLIP, 1),
    "nerf2clip_photo": hit_key(RETRIEVAL["photo"], NERF2CLIP_SIGLIP, 1),
    "heads": head_key(Variant(method="ensemble")),
}
PICTURES = {"clip_gt": "gt_views", "clip_rendered": "rendered_views", "clip_photo": "photos"}
SPACES = {"rank1_raw": "rank_1_raw_weights", "rank1_nf2vec": "rank_1_trained"}


def validation_summary(
    results: Sequence[TableResult],
    clip: Mapping[str, Mapping[str, Any]],
    nf2vec: Mapping[str, Any],
    psnr: Float[np.ndarray, " nerf"],
    level: float,
) -> dict[str, Interval]:
    """By name, percent or dB; what the study lacks is left out.

    `results`: tables of validation objects and photos. `clip`: accuracies of CLIP itself by kind of picture, of which
    the mean over prompts counts. `nf2vec`: class hits of nearest neighbours. `psnr`: of the NeRFs on held-out views;
    `level`: of its interval.
    """
    by_key = {result.key: result for result in results}
    cells = summary_cells({key: result.value for key, result in by_key.items()})
    measured = psnr[np.isfinite(psnr)]
    return {
        **{name: Interval(by_key[key].value, by_key[key].low, by_key[key].high) for name, key in cells.items()},
        **{
            name: Interval(nf2vec[key], **nf2vec[key + INTERVAL])
            for name, key in SPACES.items()
            if key + INTERVAL in nf2vec
        },
        **{name: Interval(**clip[kind][MEAN]) for name, kind in PICTURES.items() if kind in clip},
        **({"psnr_heldout": mean_of_any(measured, level)} if len(measured) else {}),
    }


def summary_cells(values: Mapping[CellKey, float]) -> dict[str, CellKey]:
    """The cells of tables that stand in the summary, by name; of zero-shot classification the best one.

    `values`: of validation objects and photos, by cell.
    """
    zero_shot = [key for key in values if key.table == TABLE_OF_TEMPLATE[MODEL_PROMPT]]
    best = {"zero_shot": max(zero_shot, key=values.__getitem__)} if zero_shot else {}
    return best | {name: key for name, key in CELLS.items() if key in values}
