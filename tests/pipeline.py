"""The stages of the dvc.yaml files, and the code that they import, for tests of the pipeline's shape."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from dvc.repo import Repo
from ruamel.yaml import YAML

from fieldlink.core import source_code

ROOT = Path(__file__).resolve().parent.parent


@cache
def stages() -> dict[str, Any]:
    """Every stage of every dvc.yaml by its address, as DVC resolves it (`foreach` unrolled)."""
    index = Repo(str(ROOT)).index
    return {stage.addressing: stage for stage in index.stages if getattr(stage, "cmd", None)}


def definitions() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every stage as written, by file and name."""
    for path in [ROOT / "dvc.yaml", *sorted(ROOT.glob("pipelines/*/dvc.yaml"))]:
        for name, body in YAML(typ="safe").load(path.read_text())["stages"].items():
            yield f"{path.relative_to(ROOT)}:{name}", body.get("do", body)


def module(stage: Any) -> str:
    """The module of `python -m stages.<study>.<stage>`."""
    words = stage.cmd.split()
    assert words[:2] == ["python", "-m"], f"{stage.addressing}: {stage.cmd}"
    return words[2]


def file_of(name: str) -> Path:
    """The file of a stage's module."""
    path = source_code.file_of(name)
    assert path is not None, name
    return path


def closure(name: str) -> set[Path]:
    """All files of the project that a run of a module may read as code."""
    return {path.relative_to(ROOT) for path in source_code.closure(file_of(name))}
