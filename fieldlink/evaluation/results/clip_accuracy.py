"""Zero-shot accuracy of CLIP itself on single pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Bool, Float

from fieldlink.core import datasets
from fieldlink.core.schemas import IMAGE_EMBEDDINGS
from fieldlink.embeddings.selection import EVALUATED, labels
from fieldlink.evaluation.measures.class_prompts import ClassPrompts
from fieldlink.evaluation.measures.cosines import cosines
from fieldlink.evaluation.measures.intervals import interval
from fieldlink.evaluation.measures.variance_components import QueryValues

MEAN = "mean"  # of the templates
Accuracy = dict[str, dict[str, Any]]  # percent by kind of picture: by template, and their mean with its interval


@dataclass(frozen=True)
class PictureKind:
    """Pictures of one kind: dataset `image_embeddings`, and the rows that say class and split of each owner."""

    embeddings: Path
    owners: pa.Table
    key: str  # the owners' column of ids
    may_lack: bool = False  # pictures of some owners

    def of_split(self, split: str) -> tuple[Float[np.ndarray, "picture clip"], list[str], list[str]]:
        """The vectors of a split's pictures, and the owner and class of each. There may be none."""
        rows = self.owners.filter(pc.field("split") == split)
        class_of = dict(zip(rows[self.key].to_pylist(), rows["class_name"].to_pylist(), strict=True))
        columns = ["owner_id", "embedding"]
        embedded = datasets.rows_with_ids(
            self.embeddings, IMAGE_EMBEDDINGS, list(class_of), columns, may_be_absent=self.may_lack
        )
        owners = embedded["owner_id"].to_pylist()
        return datasets.matrix(embedded["embedding"]), owners, [class_of[owner] for owner in owners]


def accuracy_by_split(
    kinds: Mapping[str, PictureKind], templates: Mapping[str, ClassPrompts], level: float, source: str
) -> dict[str, Accuracy]:
    """The accuracy on test and validation pictures. A kind without pictures in a split is left out there.

    `level`: of the interval; `source`: the prompts' name in errors.
    """
    accuracy: dict[str, Accuracy] = {split: {} for split in EVALUATED}
    for split, (name, kind) in product(EVALUATED, kinds.items()):
        vectors, owners, class_names = kind.of_split(split)
        if class_names:
            right = {
                template: cosines(vectors, prompts.vectors).argmax(1) == labels(class_names, prompts.classes, source)
                for template, prompts in templates.items()
            }
            by_template = {template: round(100 * float(values.mean()), 2) for template, values in right.items()}
            accuracy[split][name] = by_template | {MEAN: mean_accuracy(list(right.values()), owners, level)}
    return accuracy


def mean_accuracy(
    right: Sequence[Bool[np.ndarray, " picture"]], owners: Sequence[str], level: float
) -> dict[str, float]:
    """The mean over templates with its interval, in percent. An owner's pictures count as one query.

    `right`: by template, whether each picture is named right; `owners`: of each picture.
    """
    owner, pictures = np.unique(owners, return_inverse=True, return_counts=True)[1:]
    shares = np.bincount(owner, np.mean(right, axis=0)) / pictures
    return interval(QueryValues(shares[None, None], weights=pictures.astype(np.float64)), level).rounded
