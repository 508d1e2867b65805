"""The dozen numbers to tune on: what `dvc metrics show` and `dvc exp show` put first."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from fieldlink.core.variants import CLIP2NERF_COSINE, NERF2CLIP_SIGLIP, Variant
from fieldlink.evaluation.results.query_results import CellKey, hit_key
from fieldlink.evaluation.study_tables import RETRIEVAL
from fieldlink.report.table_results import TableResult

CELLS = {
    "clip2nerf": hit_key(RETRIEVAL["gt"], CLIP2NERF_COSINE, 1),
    "clip2nerf_photo": hit_key(RETRIEVAL["photo"], CLIP2NERF_COSINE, 1),
    "nerf2clip": hit_key(RETRIEVAL["gt"], NERF2CLIP_SIGLIP, 1),
    "nerf2clip_photo": hit_key(RETRIEVAL["photo"], NERF2CLIP_SIGLIP, 1),
    "heads": CellKey("4.6", Variant(method="ensemble").text, "accuracy", "classification_accuracy"),
}
PICTURES = {"clip_gt": "gt_views", "clip_rendered": "rendered_views", "clip_photo": "photos"}
SPACES = {"rank1_raw": "rank_1_raw_weights", "rank1_nf2vec": "rank_1_trained"}


def validation_summary(
    results: Sequence[TableResult],
    clip: Mapping[str, Mapping[str, float]],
    nf2vec: Mapping[str, float],
    psnr: Float[np.ndarray, " nerf"],
) -> dict[str, float]:
    """By name, percent or dB, one digit; what the study lacks is left out.

    `results`: tables of validation objects and photos. `clip`: accuracies of CLIP itself by kind of picture and prompt,
    of which the mean counts. `nf2vec`: class hits of nearest neighbours. `psnr`: of the NeRFs on held-out views.
    """
    value_of = {result.key: result.value for result in results}
    zero_shot = [result.value for result in results if result.key.table == "4.1"]
    measured = psnr[np.isfinite(psnr)]
    values = {
        **({"zero_shot": max(zero_shot)} if zero_shot else {}),
        **{name: value_of[key] for name, key in CELLS.items() if key in value_of},
        **{name: nf2vec[key] for name, key in SPACES.items() if key in nf2vec},
        **{name: float(np.mean(list(clip[kind].values()))) for name, kind in PICTURES.items() if kind in clip},
        **({"psnr_heldout": float(measured.mean())} if len(measured) else {}),
    }
    return {name: round(float(value), 1) for name, value in values.items()}
