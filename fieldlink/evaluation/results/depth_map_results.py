"""Zero-shot from depth maps, alone and with a mapper's vectors: PointCLIP and its ensemble (Zhang et al. 2022)."""

import pyarrow as pa

from fieldlink.core.variants import Variant
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.embeddings.selection import rows_of, views_of
from fieldlink.embeddings.view_embeddings import MEAN_MAPPER
from fieldlink.evaluation.measures.cosines import cosines
from fieldlink.evaluation.results.query_results import CellKey, QueryResults
from fieldlink.evaluation.results.zero_shot_results import PromptClassification, prompts_and_ensemble

TABLE, METRIC = "baselines depth", "zero_shot_accuracy"
ALONE, WITH_MAPPER = Variant(method="depth maps").text, Variant(method="depth maps + nerf2clip").text


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
        key = CellKey(TABLE, ALONE, template, METRIC)
        results.append(classification.results_of_logits(key, [alone], [0]))
        results.append(classification.results_of_logits(key._replace(row=WITH_MAPPER), with_mapper, seeds, mapper))
    return results
