"""No module imports itself by way of others, also not inside functions or for types alone."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parent.parent


def modules(root: Path) -> dict[str, Path]:
    """Files of the packages below `root` by the names of their modules."""
    files = [path for package in ("fieldlink", "stages") for path in root.glob(f"{package}/**/*.py")]
    names = [path.relative_to(root).with_suffix("").as_posix().replace("/", ".") for path in files]
    return {name.removesuffix(".__init__"): path for name, path in zip(names, files, strict=True)}


def imported(path: Path, name: str) -> Iterator[str]:
    """Full names of all that a file's import statements name, wherever in the file they stand."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: 1 - node.level or None] if node.level else []
            yield from (".".join([*above, *filter(None, [node.module]), alias.name]) for alias in node.names)


def import_graph(files: Mapping[str, Path]) -> nx.DiGraph:
    """An edge from each module to those that it imports. What is no module belongs to the one above it."""
    graph = nx.DiGraph()
    for name, path in files.items():
        for target in imported(path, name):
            module = target if target in files else target.rpartition(".")[0]
            if module in files:
                graph.add_edge(name, module)
    return graph


def cycles(root: Path) -> list[str]:
    graph = import_graph(modules(root))
    parts = [part for part in nx.strongly_connected_components(graph) if len(part) > 1]
    parts += [{name} for name in nx.nodes_with_selfloops(graph)]
    return [" -> ".join([*(edge[0] for edge in cycle), cycle[0][0]]) for cycle in map(_cycle_in(graph), parts)]


def _cycle_in(graph: nx.DiGraph):
    return lambda part: nx.find_cycle(graph.subgraph(part))


def test_no_module_imports_itself_by_way_of_others():
    assert cycles(ROOT) == []


@pytest.mark.parametrize(
    "statement",
    [
        "from fieldlink.b import value",
        "from fieldlink import b",
        "import fieldlink.b",
        "from .b import value",
        "from . import b",
        "def f():\n    import fieldlink.b",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from fieldlink.b import value",
    ],
)
def test_a_cycle_is_named_whatever_the_import(tmp_path, statement):
    (tmp_path / "fieldlink").mkdir()
    (tmp_path / "fieldlink/__init__.py").touch()
    (tmp_path / "fieldlink/a.py").write_text(statement)
    (tmp_path / "fieldlink/b.py").write_text("import fieldlink.c\nvalue = 1\n")
    (tmp_path / "fieldlink/c.py").write_text("def late():\n    from fieldlink import a\n")
    (cycle,) = cycles(tmp_path)
    assert set(cycle.split(" -> ")) == {"fieldlink.a", "fieldlink.b", "fieldlink.c"}


def test_a_module_that_imports_itself_is_named(tmp_path):
    (tmp_path / "fieldlink").mkdir()
    (tmp_path / "fieldlink/a.py").write_text("import fieldlink.a\n")
    assert cycles(tmp_path) == ["fieldlink.a -> fieldlink.a"]
