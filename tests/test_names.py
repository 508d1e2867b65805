"""No variable or parameter of the library has a name that only says that it is there, or that somebody wanted it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BANNED = {"asked", "each", "found", "given", "how", "kept", "known", "own", "place", "some", "told"}


def bound_names(code: str) -> Iterator[tuple[str, int]]:
    """Names that a file's code binds to values, and their lines: not those of functions, classes and attributes."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name, node.lineno
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname, node.lineno


def banned(code: str) -> list[str]:
    return [f"line {line}: {name}" for name, line in bound_names(code) if name in BANNED]


@pytest.mark.parametrize("package", ["fieldlink", "stages"])
def test_no_name_of_a_value_is_one_of_those_that_say_nothing(package: str):
    lines = {path: banned(path.read_text(encoding="utf-8")) for path in (ROOT / package).rglob("*.py")}
    assert {str(path.relative_to(ROOT)): found_lines for path, found_lines in lines.items() if found_lines} == {}


@pytest.mark.parametrize(
    "code",
    [
        "own = 1",
        "first, (own, last) = values",
        "own: int = 1",
        "own += 1",
        "for own in values: ...",
        "[own for own in values]",
        "if own := 1: ...",
        "with file as own: ...",
        "try: ...\nexcept OSError as own: ...",
        "import numpy as own",
        "def f(own): ...",
        "def f(*, own=1): ...",
        "def f(**own): ...",
        "lambda own: 1",
        "match value:\n    case [own]: ...",
        "class C:\n    own: int",
    ],
)
def test_a_binding_is_named_whatever_its_form(code: str):
    assert {line.split()[-1] for line in banned(code)} == {"own"}


def test_a_function_may_have_a_verb_for_its_name_and_a_dict_any_key():
    assert banned("def place(scene): scene.place(own=scene['own'])") == []
