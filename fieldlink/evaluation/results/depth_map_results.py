"""Zero-shot from depth maps, alone and with a mapper's vectors: PointCLIP and its ensemble (Zhang et al. 2022)."""

import pyarrow as pa

from fieldlink.core.variants import Variant
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.embeddings.selection import rows_of, views_of
from fieldlink.embeddings.view_embeddings import MEAN_MAPPER
from fieldlink.evaluation.measures.cosines import cosines
from fieldlink.evaluation.results.query_results import QueryResults, zero_shot_key
from fieldlink.evaluation.results.zero_shot_results import PromptClassification, prompts_and_ensemble
from fieldlink.evaluation.study_tables import study_table

TABLE = study_table("baselines depth")
ALONE, WITH_MAPPER = Variant(method="depth maps"), Variant(method="depth maps + nerf2clip")


def depth_map_results(
    objects: pa.Table, depth: pa.Table, mapped: MappedVectors, prompts: pa.Table
) -> list[QueryResults]:
    """Accuracy of the mean CLIP vector of each object's depth maps, and of its cosines plus those of the mapper.

    `objects`: rows of a split; only those take part that have both. None where there are no depth maps.
    """
    with_both = rows_of(objects, "object_id", sorted(set(depth["owner_id"].to_pylist()) & mapped.ids("nerf")))
    ids, classes = with_both["object_id"].to_pylist(), with_both["class_name"].to_pylist()
    if not ids:
        return []
    means, variants = views_of(depth, ids).means_of_all(), mapped.variants
    mapper = MEAN_MAPPER if MEAN_MAPPER in variants else list(variants)[-1]
    seeds = variants[mapper]
    vectors, results = [mapped.vectors(mapper, seed, "nerf", ids) for seed in seeds], []
    for template, class_prompts in prompts_and_ensemble(prompts).items():
        classification = PromptClassification.of(ids, classes, class_prompts)
        alone = cosines(means, class_prompts.vectors)
        with_mapper = [alone + cosines(matrix, class_prompts.vectors) for matrix in vectors]
        key, key_with_mapper = (zero_shot_key(TABLE, row, template) for row in (ALONE, WITH_MAPPER))
        results.append(classification.results_of_logits(key, [alone], [0]))
        results.append(classification.results_of_logits(key_with_mapper, with_mapper, seeds, mapper))
    return results
