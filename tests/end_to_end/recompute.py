"""Recomputes a table's cell from the JSON of `fieldlink why --as-json`, with nothing but the standard library.

fieldlink why 4.4a "nerf2clip siglip" recall@1 --as-json | python tests/end_to_end/recompute.py
"""

import hashlib
import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any


def value(explained: dict[str, Any]) -> float:
    """Percent: the mean over training seeds of the weighted mean over queries, in exact fractions."""
    weights = [Fraction(weight) for weight in explained["weights"] or [1] * len(explained["queries"])]
    means = [
        sum(weight * Fraction(hit) for weight, hit in zip(weights, seed["values"], strict=True)) / sum(weights)
        for seed in explained["seeds"]
    ]
    return float(100 * sum(means) / len(means))


def digest(path: Path) -> str:
    """The MD5 that DVC records of a file, or of a folder's sorted list of files."""
    if path.is_file():
        return hashlib.md5(path.read_bytes()).hexdigest()
    files = sorted((str(file.relative_to(path)), file) for file in path.rglob("*") if file.is_file())
    entries = [{"md5": digest(file), "relpath": name} for name, file in files]
    return hashlib.md5(json.dumps(entries, sort_keys=True).encode()).hexdigest() + ".dir"


if __name__ == "__main__":
    given = json.load(sys.stdin)
    print(f"{value(given):.4f}", "recomputed;", given["value"], "in the table")
