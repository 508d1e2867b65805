"""The source files on which a file depends: those that it imports, at the top or inside functions.

A module named in a string counts as imported, because another process runs it or imports it for its workers. A package
that reads its `__path__` imports its modules by name, and counts as importing each.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # of the checkout
PACKAGES = ("fieldlink", "stages")
COMMAND_LINES = ROOT / "fieldlink/commands"  # flags and messages, which decide no result
INTERFACE = ROOT / "fieldlink/__init__.py"  # what users import; no stage does


def file_of(module: str) -> Path | None:
    """The file of a module or package; None if it is not in `PACKAGES`."""
    if module.split(".", maxsplit=1)[0] not in PACKAGES:
        return None
    path = ROOT.joinpath(*module.split("."))
    files = path.with_suffix(".py"), path / "__init__.py"
    return next((file for file in files if file.is_file()), None)


@cache
def tree(path: Path) -> ast.Module:
    """Syntax tree of a file, without comments and layout."""
    return ast.parse(path.read_bytes())


@cache
def imports(path: Path) -> frozenset[Path]:
    """Files that a file imports directly."""
    return _files(_imported(path))


def closure(path: Path) -> set[Path]:
    """A file and all files on which it depends, directly or not.

    Files of `COMMAND_LINES` and `INTERFACE` are left out, and so are packages' files that run no code.
    """
    stack, files = [path], set[Path]()
    while stack:
        path = stack.pop()
        if path not in files:
            files.add(path)
            direct = imports(path) | _files(_named(path)) | _members(path)
            stack.extend(file for file in direct if file != INTERFACE and file.parent != COMMAND_LINES)
    return {path for path in files if path.name != "__init__.py" or _runs(path)}


def _files(modules: Iterator[str]) -> frozenset[Path]:
    return frozenset(file for name in modules if (file := file_of(name)))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _named(path: Path) -> Iterator[str]:
    return (
        node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _members(path: Path) -> frozenset[Path]:
    names = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)}
    return frozenset(path.parent.glob("*.py")) if path.name == "__init__.py" and "__path__" in names else frozenset()


def _runs(path: Path) -> bool:
    return any(not isinstance(node, ast.Expr) for node in tree(path).body)
