"""Parameters of a test: the default ones with some changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

DEFAULT = Path(__file__).resolve().parent.parent / "params.yaml"


def written(path: Path, changes: Mapping[str, Any]) -> Path:
    """`path`, with the default parameters but for the keys in `changes`, given as `section.key`."""
    yaml = YAML()
    values = yaml.load(DEFAULT)
    for key, value in changes.items():
        *sections, last = key.split(".")
        section = values
        for name in sections:
            section = section[name]
        section[last] = str(value) if isinstance(value, Path) else value
    if "scenes.views" in changes:
        choose_among_views(values, changes["scenes.views"], changes)
    if {"classes", "scenes.objects_per_class"} & changes.keys() and "retrieval.ranks" not in changes:
        values["retrieval"]["ranks"] = [1]  # others may lie beyond a small gallery
    yaml.dump(values, path)
    return path


def choose_among_views(values: Any, views: int, changes: Mapping[str, Any]) -> None:
    """Where a test has fewer views, leave out the default's choices that lie beyond."""
    fitting, generation, zero_shot = values["nerf"]["fitting"], values["generation"], values["zero_shot"]
    if "nerf.fitting.held_out" not in changes:
        fitting["held_out"] = [number for number in fitting["held_out"] if number < views]
    if "generation.views" not in changes:
        generation["views"] = [number for number in generation["views"] if number < views]
    if "zero_shot.views" not in changes:
        zero_shot["views"] = [*(count for count in zero_shot["views"] if count < views), views]
    for section, key in (("syn2real", "views"), ("baselines", "depth_views")):
        if f"{section}.{key}" not in changes:
            values[section][key] = min(values[section][key], views)


def commented_keys() -> set[str]:
    """All keys of params.yaml, as `section.key`, that have a comment on their line."""
    keys, sections = set(), {}
    for line in DEFAULT.read_text(encoding="utf-8").splitlines():
        name, colon, rest = line.partition(":")
        if not colon or not name.strip().isidentifier():
            continue
        depth = len(name) - len(name.lstrip())
        sections = {level: section for level, section in sections.items() if level < depth} | {depth: name.strip()}
        if "#" in rest:
            keys.add(".".join(sections[level] for level in sorted(sections)))
    return keys


def readme_rows() -> list[str]:
    """Rows of all tables of README.md."""
    return [line for line in (DEFAULT.parent / "README.md").read_text().splitlines() if line.startswith("| ")]
