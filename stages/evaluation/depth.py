"""Zero-shot from depth maps, alone and with what a mapper says: PointCLIP and its ensemble (Zhang et al. 2022)."""

import numpy as np
import pyarrow as pa

from stages.evaluation.mapped import Mapped
from stages.evaluation.subjects import labels, only, views_of
from stages.evaluation.tables import Answers, Words
from stages.evaluation.zero_shot import by_template, similarities

PARTNER = "nerf2clip gt views=N cosine"  # the mapper, where it was trained
TABLE, METRIC = "baselines depth", "zero_shot_accuracy"


def answers(test: pa.Table, depth: pa.Table, mapped: Mapped, prompts: pa.Table) -> list[Answers]:
    """Accuracy of the mean CLIP vector of each object's depth maps, and of its cosines plus those of the mapper.

    `test`: rows of `objects`; only those take part that have both. None where there are no depth maps.
    """
    both = set(depth["owner_id"].to_pylist()) & mapped.ids("nerf")
    rows = only(test, "object_id", sorted(both))
    ids, classes = rows["object_id"].to_pylist(), rows["class_name"].to_pylist()
    if not ids:
        return []
    means, variants = views_of(depth, ids).means_of_all(), mapped.variants
    partner = PARTNER if PARTNER in variants else list(variants)[-1]
    seeds = variants[partner]
    named = [mapped.vectors(partner, seed, "nerf", ids) for seed in seeds]
    found = []
    for template, (names, texts) in by_template(prompts).items():
        asked, alone = labels(classes, names, "prompts"), similarities(means, texts)[None]
        together = np.stack([alone[0] + similarities(vectors, texts) for vectors in named])
        for row, logits, of, setting in (
            ("depth maps", alone, [0], ""),
            ("depth maps + nerf2clip", together, seeds, partner),
        ):
            words = Words(TABLE, row, template, METRIC)
            found.append(Answers.of(words, logits.argmax(2) == asked, of, ids, list(logits), setting=setting))
    return found
