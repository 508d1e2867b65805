"""Comments of params.yaml and of the classes of its sections are the same text, key by key."""

import ast
import inspect
import io
import itertools
import textwrap
import tokenize
import typing
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from fieldlink.core.params import Params

ROOT = Path(__file__).parent.parent.parent


def yaml_comments(text: str) -> dict[str, str]:
    """Comment of each key: behind it, and going on in the lines below."""
    lines, comments = text.splitlines(), {}

    def walk(section: Any, model: type[BaseModel], path: str) -> None:
        for name, value in section.items():
            line = section.lc.key(name)[0]
            below = itertools.takewhile(lambda text: text.lstrip().startswith("#"), lines[line + 1 :])
            parts = [lines[line].partition(" # ")[2], *(part.lstrip(" #") for part in below)]
            comments[path + name] = " ".join(filter(None, parts))
            if inner := section_class(model, name):
                entries = of_mapping(model, name)
                walk(next(iter(value.values())) if entries else value, inner, f"{path}{name}.{'*.' * entries}")

    walk(YAML().load(text), Params, "")
    return comments


def class_comments(model: type[BaseModel], path: str = "") -> dict[str, str]:
    """Comment of each field: in the lines above it, or behind it."""
    source = textwrap.dedent(inspect.getsource(model))
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    behind = {token.end[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}
    lines, comments = source.splitlines(), dict[str, str]()
    definition = ast.parse(source).body[0]
    assert isinstance(definition, ast.ClassDef)
    for field in definition.body:
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and field.end_lineno:
            before = reversed(lines[: field.lineno - 1])
            above = list(itertools.takewhile(lambda text: text.lstrip().startswith("#"), before))
            parts = [*(text.lstrip(" #") for text in reversed(above)), behind.get(field.end_lineno, "")]
            name = field.target.id
            comments[path + name] = " ".join(filter(None, parts))
            if inner := section_class(model, name):
                comments |= class_comments(inner, f"{path}{name}.{'*.' * of_mapping(model, name)}")
    return comments


def section_class(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    """The class of a field's value, or of the values of its mapping, if it is a section."""
    annotation = model.model_fields[name].annotation
    kinds = [annotation, *typing.get_args(annotation)]
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def of_mapping(model: type[BaseModel], name: str) -> bool:
    return typing.get_origin(model.model_fields[name].annotation) is dict


def test_every_parameter_has_one_comment_in_params_yaml_and_in_its_class():
    in_yaml, in_classes = yaml_comments((ROOT / "params.yaml").read_text()), class_comments(Params)
    assert in_yaml == in_classes
    assert [key for key, comment in in_classes.items() if not comment] == []
    assert {"study.seed", "classes.*.noun", "nerf.field.hash.growth", "claims.draws"} <= in_classes.keys()


@pytest.mark.parametrize("comment", [" # network of a NeRF, too", ""])
def test_a_comment_that_differs_or_is_missing_is_found(comment):
    text = (ROOT / "params.yaml").read_text().replace(" # network of a NeRF", comment)
    different = yaml_comments(text).items() - class_comments(Params).items()
    assert different == {("nerf.field", comment.removeprefix(" # "))}
