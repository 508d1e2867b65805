"""Zero-shot accuracy of CLIP itself on single pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.core.schemas import IMAGE_EMBEDDINGS
from fieldlink.embeddings.selection import EVALUATED, labels
from fieldlink.evaluation.measures.class_prompts import ClassPrompts
from fieldlink.evaluation.measures.cosines import cosines

Accuracy = dict[str, dict[str, float]]  # percent by kind of picture and template


@dataclass(frozen=True)
class PictureKind:
    """Pictures of one kind: dataset `image_embeddings`, and the rows that say class and split of each owner."""

    embeddings: Path
    owners: pa.Table
    key: str  # the owners' column of ids
    may_lack: bool = False  # pictures of some owners

    def of_split(self, split: str) -> tuple[Float[np.ndarray, "picture clip"], list[str]]:
        """The vectors of a split's pictures, and the class of each. There may be none."""
        rows = self.owners.filter(pc.field("split") == split)
        class_of = dict(zip(rows[self.key].to_pylist(), rows["class_name"].to_pylist(), strict=True))
        columns = ["owner_id", "embedding"]
        embedded = datasets.rows_with_ids(
            self.embeddings, IMAGE_EMBEDDINGS, list(class_of), columns, may_be_absent=self.may_lack
        )
        return datasets.matrix(embedded["embedding"]), [class_of[owner] for owner in embedded["owner_id"].to_pylist()]


def accuracy_by_split(
    kinds: Mapping[str, PictureKind], templates: Mapping[str, ClassPrompts], source: str
) -> dict[str, Accuracy]:
    """The accuracy on test and validation pictures. A kind without pictures in a split is left out there.

    `source`: the prompts' name in errors.
    """
    accuracy: dict[str, Accuracy] = {split: {} for split in EVALUATED}
    for split, (name, kind) in product(EVALUATED, kinds.items()):
        vectors, class_names = kind.of_split(split)
        if class_names:
            accuracy[split][name] = accuracy_by_template(vectors, class_names, templates, source)
    return accuracy


def accuracy_by_template(
    vectors: Float[np.ndarray, "picture clip"],
    class_names: Sequence[str],
    templates: Mapping[str, ClassPrompts],
    source: str,
) -> dict[str, float]:
    """Percent of pictures whose class's prompt is nearest. `source`: the prompts' name in errors."""
    accuracy = {}
    for template, prompts in templates.items():
        right = cosines(vectors, prompts.vectors).argmax(1) == labels(class_names, prompts.classes, source)
        accuracy[template] = round(100 * float(right.mean()), 2)
    return accuracy
