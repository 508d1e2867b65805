"""Numbers of objects and of rejected rows."""

from collections import Counter
from dataclasses import dataclass

import pyarrow as pa

from fieldlink.core.schemas import SPLITS


@dataclass(frozen=True)
class ObjectCounts:
    """Objects per class: one column per split, then augmented copies."""

    columns: list[str]
    rows: list[tuple[str, list[int]]]  # class, counts
    total: list[int]


def object_counts(objects: pa.Table) -> ObjectCounts:
    """Objects per class and split from rows of dataset `objects`. Copies are counted apart from originals."""
    columns = [*SPLITS, "copies"]
    counts = Counter(
        (row["class_name"], row["split"] if row["augmentation"] == 0 else "copies")
        for row in objects.select(["class_name", "split", "augmentation"]).to_pylist()
    )
    class_names = sorted({name for name, _ in counts})
    rows = [(name, [counts[name, column] for column in columns]) for name in class_names]
    total = [sum(numbers) for numbers in zip(*(numbers for _, numbers in rows), strict=True)]
    return ObjectCounts(columns, rows, total)


def rejections(rejected: pa.Table) -> list[tuple[str, int, str]]:
    """Stage, number of its rejected rows, and their most common reason."""
    reasons: dict[str, Counter[str]] = {}
    for row in rejected.to_pylist():
        reasons.setdefault(row["stage"], Counter())[row["reason"]] += 1
    return [(stage, counts.total(), counts.most_common(1)[0][0]) for stage, counts in sorted(reasons.items())]
