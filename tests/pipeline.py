"""What the dvc.yaml files say, and what the code imports: read for the tests of the pipeline's shape."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from dvc.repo import Repo
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent


@cache
def stages() -> dict[str, Any]:
    """Every stage of every dvc.yaml by its address, as DVC resolves it (`foreach` unrolled)."""
    found = Repo(str(ROOT)).index.stages
    return {stage.addressing: stage for stage in found if getattr(stage, "cmd", None)}


def definitions() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every stage as written, by file and name."""
    for path in [ROOT / "dvc.yaml", *sorted(ROOT.glob("pipelines/*/dvc.yaml"))]:
        for name, body in YAML(typ="safe").load(path.read_text())["stages"].items():
            yield f"{path.relative_to(ROOT)}:{name}", body.get("do", body)


def verb(stage: Any) -> str:
    """The module behind `python -m stages.<verb>`."""
    words = stage.cmd.split()
    assert words[:2] == ["python", "-m"], f"{stage.addressing}: {stage.cmd}"
    return words[2]


def file_of(module: str) -> Path | None:
    path = ROOT / Path(*module.split("."))
    if path.with_suffix(".py").is_file():
        return path.with_suffix(".py")
    return path / "__init__.py" if (path / "__init__.py").is_file() else None


@cache
def imports(path: Path) -> frozenset[Path]:
    """Files of the project that a file imports, at the top or inside functions."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(file for name in names if name.startswith("stages") and (file := file_of(name)))


def closure(module: str) -> set[Path]:
    """All files of the project that running a module may read as code."""
    todo, seen = [file_of(module)], set()
    while todo:
        path = todo.pop()
        if path is not None and path not in seen:
            seen.add(path)
            todo.extend(imports(path))
    return {path.relative_to(ROOT) for path in seen if path.name != "__init__.py" or _runs(path)}


def _runs(path: Path) -> bool:
    """Whether a package's own file does more than say what it is."""
    return any(not isinstance(node, ast.Expr) for node in ast.parse(path.read_text()).body)
