"""Zero-shot classification: the class whose prompt is nearest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float, Int

from fieldlink.core import datasets
from fieldlink.core.variants import Variant, parse
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.embeddings.selection import labels
from fieldlink.embeddings.view_embeddings import ViewEmbeddings, counts_by_name
from fieldlink.evaluation.measures.class_prompts import ClassPrompts, mean_prompts
from fieldlink.evaluation.measures.cosines import cosines
from fieldlink.evaluation.results.query_results import CellKey, QueryResults, zero_shot_key
from fieldlink.evaluation.study_tables import of_template, study_table
from fieldlink.evaluation.table_type import StudyTable
from fieldlink.evaluation.tables.zero_shot import PROMPT_ENSEMBLE


@dataclass(frozen=True)
class PromptClassification:
    """Objects to be classified by the nearest of one template's prompts."""

    ids: list[str]
    prompts: Float[np.ndarray, "class dim"]
    labels: Int[np.ndarray, " object"]  # index of the prompt of its class

    @staticmethod
    def of(ids: list[str], classes: Sequence[str], prompts: ClassPrompts) -> "PromptClassification":
        """`classes`: that of each object."""
        return PromptClassification(ids, prompts.vectors, labels(classes, prompts.classes, "prompts"))

    def results(
        self,
        key: CellKey,
        vectors: Sequence[Float[np.ndarray, "object dim"]],
        seeds: Sequence[int],
        setting: str = "",
    ) -> QueryResults:
        """Whether each object's class is right. `vectors`: those of the objects, by every training seed."""
        return self.results_of_logits(key, [cosines(matrix, self.prompts) for matrix in vectors], seeds, setting)

    def results_of_logits(
        self,
        key: CellKey,
        logits: Sequence[Float[np.ndarray, "object class"]],
        seeds: Sequence[int],
        setting: str = "",
    ) -> QueryResults:
        """The same from logits of the prompts' classes, in their order. Of equal logits the lower class wins."""
        right = np.stack(logits).argmax(2) == self.labels
        return QueryResults.of(key, right, seeds, self.ids, logits, setting=setting)


def best_name(results: Mapping[str, QueryResults]) -> str:
    """The name of the results that are right most often, over all seeds. Of equal results the first wins."""
    return max(results, key=lambda name: results[name].values.mean(dtype=np.float64))


def prompts_by_template(rows: pa.Table) -> dict[str, ClassPrompts]:
    """Rows of `prompt_embeddings` by template."""
    prompts = {}
    for template in dict.fromkeys(rows["template"].to_pylist()):
        of_template = rows.filter(pc.field("template") == template)
        vectors = datasets.matrix(of_template["embedding"])
        prompts[template] = ClassPrompts(of_template["class_name"].to_pylist(), vectors)
    return prompts


def prompts_and_ensemble(rows: pa.Table) -> dict[str, ClassPrompts]:
    """The same and, where there are several templates, their ensemble last."""
    prompts = prompts_by_template(rows)
    return {**prompts, PROMPT_ENSEMBLE: prompt_ensemble(rows)} if len(prompts) > 1 else prompts


def prompt_ensemble(rows: pa.Table) -> ClassPrompts:
    """The mean prompt of every class, over all templates."""
    return mean_prompts(rows["class_name"].to_pylist(), datasets.matrix(rows["embedding"]))


def split_results(
    ids: list[str],
    classes: Sequence[str],
    mapped: MappedVectors,
    means: Mapping[str, Float[np.ndarray, "object dim"]],
    templates: Mapping[str, ClassPrompts],
) -> list[QueryResults]:
    """Tables 4.1 to 4.3 for the objects of a split. `means`: as `clip_means` gives them."""
    results = list[QueryResults]()
    for template, prompts in templates.items():
        classification = PromptClassification.of(ids, classes, prompts)
        results += mapper_results(classification, mapped, of_template(template))
        results += clip_results(classification, means, template)
    return results


def mapper_results(
    classification: PromptClassification, mapped: MappedVectors, table: StudyTable
) -> list[QueryResults]:
    """One row of `table` per nerf2clip without its loss, which is the column."""
    results = []
    for name, seeds in mapped.variants.items():
        variant = parse(name)
        key = zero_shot_key(table, replace(variant, loss=None), variant.loss or "")
        vectors = [mapped.vectors(name, seed, "nerf", classification.ids) for seed in seeds]
        results.append(classification.results(key, vectors, seeds))
    return results


def clip_means(
    views: ViewEmbeddings, counts: Sequence[int], study_seed: int
) -> dict[str, Float[np.ndarray, "object dim"]]:
    """The mean CLIP vector of every number of views of each object, by row of Table 4.3."""
    numbers = counts_by_name(counts, int(views.counts.max()))
    return {Variant(method="clip", views=name).text: views.means(count, study_seed) for name, count in numbers.items()}


def clip_results(
    classification: PromptClassification, means: Mapping[str, Float[np.ndarray, "object dim"]], template: str
) -> list[QueryResults]:
    """One row of Table 4.3 per set of mean CLIP vectors."""
    table = study_table("4.3")
    return [
        classification.results(zero_shot_key(table, parse(row), template), [vectors], [0])
        for row, vectors in means.items()
    ]
