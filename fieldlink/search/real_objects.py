"""The accuracy of the default study's models on real meshes and photos, which `tests/real_objects.py` measures."""

from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FILE = Path(__file__).with_name("real_objects.yaml")


@cache
def real_objects() -> dict[str, Any]:
    """Sections study, meshes and photos: counts, and percentages of right classes. Empty if there is no file."""
    return YAML(typ="safe").load(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}
