"""The tiles on top of the page: the few numbers to know first."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from fieldlink.core.nested_values import dotted_values
from fieldlink.core.variants import Variant
from fieldlink.evaluation.results.query_results import zero_shot_key
from fieldlink.evaluation.study_tables import study_table
from fieldlink.evaluation.tables.zero_shot import MODEL_PROMPT, PHOTO_PROMPT
from fieldlink.report.headline import HEADLINE
from fieldlink.report.psnr_charts import ranking_psnr
from fieldlink.report.report_study import ReportStudy
from fieldlink.report.speed import FROM_WEIGHTS

CLIP_ON_ALL_VIEWS = Variant(method="clip", views="N")
RESULTS = {  # percent
    **HEADLINE,
    zero_shot_key(study_table("4.3"), CLIP_ON_ALL_VIEWS, MODEL_PROMPT): (
        "the same of CLIP on all rendered views of a NeRF"
    ),
}
METRICS = {  # percent, by file and keys
    f"clip.gt_views.{MODEL_PROMPT}": "of single views of test objects named right by CLIP itself (“A 3d model of”)",
    f"clip.photos.{PHOTO_PROMPT}": "of photos named right by CLIP itself (“A photo of”)",
    "nf2vec.rank_1_trained": "of test NeRFs have a nearest neighbour of their class in nf2vec's space",
    "nf2vec.rank_1_untrained": "the same before nf2vec was trained",
    "nf2vec.rank_1_raw_weights": "the same by the raw weights",
}


def page_tiles(study: ReportStudy) -> Iterator[tuple[str, str]]:
    """Value and label of each number that the study has."""
    nerfs, naming = study.rows.nerfs, study.times.naming
    if nerfs is not None:
        yield f"{len(nerfs):,}", "NeRFs fitted"
        views, psnr = ranking_psnr(nerfs)
        if np.isfinite(psnr).any():
            yield f"{np.nanmean(psnr):.1f} dB", f"mean PSNR on {views}, whole frame"
    results = {result.key: result.value for result in study.numbers.results}
    metrics = dict(printed_values(study.numbers.metrics))
    yield from ((f"{results[key]:.1f} %", label) for key, label in RESULTS.items() if key in results)
    yield from ((f"{float(metrics[key]):.1f} %", label) for key, label in METRICS.items() if key in metrics)
    if naming:
        yield f"{naming.milliseconds[FROM_WEIGHTS]:.2g} ms", "to name a NeRF's class from its weights"


def printed_values(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Dotted keys and printed values of nested mappings; a list is one line."""
    for key, value in dotted_values(values).items():
        items = value if isinstance(value, list | tuple) else [value]
        yield key, ", ".join(f"{item:.5g}" if isinstance(item, float) else str(item) for item in items)
