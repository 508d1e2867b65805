"""Zero-shot classification: the class whose prompt lies nearest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float, Int

from fieldlink.core import datasets
from fieldlink.embeddings.selection import labels
from fieldlink.evaluation.measures.nearest_neighbours import unit
from fieldlink.evaluation.results.tables import CellKey, QueryResults

ENSEMBLE = "prompt_ensemble"  # ours: the mean of a class's unit prompt vectors
Texts = tuple[list[str], Float[np.ndarray, "class dim"]]  # classes, and what they are asked with


@dataclass(frozen=True)
class PromptClassification:
    """Objects to be named by the nearest of one template's prompts."""

    ids: list[str]
    prompts: Float[np.ndarray, "class dim"]
    right: Int[np.ndarray, " object"]  # place of the prompt of its class

    @staticmethod
    def of(ids: list[str], classes: Sequence[str], texts: Texts) -> "PromptClassification":
        """`classes`: of each object."""
        names, prompts = texts
        return PromptClassification(ids, prompts, labels(classes, names, "prompts"))

    def answers(
        self,
        place: CellKey,
        vectors: Sequence[Float[np.ndarray, "object dim"]],
        seeds: Sequence[int],
        setting: str = "",
    ) -> QueryResults:
        """Is each object named right, by the `vectors` that every training seed gives it?"""
        return self.by_logits(place, [similarities(each, self.prompts) for each in vectors], seeds, setting)

    def by_logits(
        self,
        place: CellKey,
        logits: Sequence[Float[np.ndarray, "object class"]],
        seeds: Sequence[int],
        setting: str = "",
    ) -> QueryResults:
        """The same of logits of the prompts' classes, in their order."""
        right = np.stack(logits).argmax(2) == self.right
        return QueryResults.of(place, right, seeds, self.ids, logits, setting=setting)


def best(answers: Mapping[str, QueryResults]) -> str:
    """The name of the answers that are right most often, over all seeds; of equals the first."""
    return max(answers, key=lambda name: answers[name].values.mean(dtype=np.float64))


def similarities(
    queries: Float[np.ndarray, "query dim"], prompts: Float[np.ndarray, "class dim"]
) -> Float[np.ndarray, "query class"]:
    """Cosines. The class of the largest is the answer; rounded from float64, equal prompts tie, and the lower wins."""
    return (unit(queries) @ unit(prompts).T).astype(np.float32)


def templates(prompts: pa.Table) -> dict[str, Texts]:
    """Rows of `prompt_embeddings` by template."""
    found = {}
    for name in dict.fromkeys(prompts["template"].to_pylist()):
        own = prompts.filter(pc.field("template") == name)
        found[name] = (own["class_name"].to_pylist(), datasets.matrix(own["embedding"]))
    return found


def templates_and_ensemble(prompts: pa.Table) -> dict[str, Texts]:
    """The same and, where there are several, their ensemble last."""
    found = templates(prompts)
    if len(found) > 1:
        found[ENSEMBLE] = ensemble(prompts["class_name"].to_pylist(), datasets.matrix(prompts["embedding"]))
    return found


def ensemble(classes: Sequence[str], prompts: Float[np.ndarray, "prompt dim"]) -> Texts:
    """Every class once, in order of name, with the mean of its prompts' unit vectors; `classes`: of each prompt."""
    names, place, count = np.unique(np.asarray(classes, object), return_inverse=True, return_counts=True)
    sums = np.zeros((len(names), prompts.shape[1]))
    np.add.at(sums, place, unit(prompts))
    return names.tolist(), (sums / count[:, None]).astype(np.float32)
