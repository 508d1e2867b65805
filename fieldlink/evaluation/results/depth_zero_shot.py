"""Zero-shot from depth maps, alone and with what a mapper says: PointCLIP and its ensemble (Zhang et al. 2022)."""

import pyarrow as pa

from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.embeddings.selection import only, views_of
from fieldlink.embeddings.view_embeddings import MEAN_MAPPER
from fieldlink.evaluation.results.tables import CellKey, QueryResults
from fieldlink.evaluation.results.zero_shot import PromptClassification, similarities, templates_and_ensemble

TABLE, METRIC = "baselines depth", "zero_shot_accuracy"


def answers(test: pa.Table, depth: pa.Table, mapped: MappedVectors, prompts: pa.Table) -> list[QueryResults]:
    """Accuracy of the mean CLIP vector of each object's depth maps, and of its cosines plus those of the mapper.

    `test`: rows of `objects`; only those take part that have both. None where there are no depth maps.
    """
    both = only(test, "object_id", sorted(set(depth["owner_id"].to_pylist()) & mapped.ids("nerf")))
    ids, classes = both["object_id"].to_pylist(), both["class_name"].to_pylist()
    if not ids:
        return []
    means, variants = views_of(depth, ids).means_of_all(), mapped.variants
    partner = MEAN_MAPPER if MEAN_MAPPER in variants else list(variants)[-1]
    vectors, found = [mapped.vectors(partner, seed, "nerf", ids) for seed in variants[partner]], []
    for template, texts in templates_and_ensemble(prompts).items():
        naming, alone = PromptClassification.of(ids, classes, texts), similarities(means, texts[1])
        together = [alone + similarities(each, texts[1]) for each in vectors]
        place = CellKey(TABLE, "depth maps", template, METRIC)
        found.append(naming.by_logits(place, [alone], [0]))
        place = place._replace(row="depth maps + nerf2clip")
        found.append(naming.by_logits(place, together, variants[partner], partner))
    return found
