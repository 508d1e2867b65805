"""Truths about the DAG: nothing is left out, dependencies are whole, paths and parameters are said once and right."""

import ast
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pipeline
import pytest
from dvc.dependency import ParamsDependency
from dvc.repo import Repo

from fieldlink.commands.stage_runner import output_of
from fieldlink.core.params import Params

STAGES = sorted(pipeline.stages())
CODE = ("fieldlink", "stages")
STARTS_STAGES = Path("fieldlink/commands/stage_runner.py")  # it decides no row


def is_params(dep) -> bool:
    return isinstance(dep, ParamsDependency)


def code_deps(stage) -> set[Path]:
    return {Path(dep.def_path) for dep in stage.deps if Path(dep.def_path).parts[0] in CODE and not is_params(dep)}


def data_paths(stage) -> set[str]:
    deps = {dep.def_path for dep in stage.deps if dep.def_path.split("/")[0] not in CODE and not is_params(dep)}
    return deps | {out.def_path for out in stage.outs}


def test_a_plain_repro_at_the_root_reaches_every_stage():
    graph = Repo(str(pipeline.ROOT)).index.graph
    stages = {stage.addressing: stage for stage in graph}
    roots = {stage for name, stage in stages.items() if ":" not in name}
    reached = roots | {below for root in roots for below in nx.descendants(graph, root)}
    assert {stage.addressing for stage in graph} == {stage.addressing for stage in reached}
    report = stages["build_report"]
    assert {s.addressing for s in graph} == {s.addressing for s in nx.descendants(graph, report)} | {"build_report"}


@pytest.mark.parametrize("name", STAGES)
def test_code_dependencies_cover_the_imports_and_no_more(name):
    stage = pipeline.stages()[name]
    files, deps = pipeline.closure(pipeline.verb(stage)) - {STARTS_STAGES}, code_deps(stage)
    missing = {str(path) for path in files if not any(path == dep or dep in path.parents for dep in deps)}
    unneeded = {str(dep) for dep in deps if not any(path == dep or dep in path.parents for path in files)}
    assert (missing, unneeded - INPUTS) == (set(), set())


# What scenes.folder, scenes.captions, photos.folder and syn2real.controlnet.prompts name by default.
INPUTS = {"fieldlink/scenes/catalogue", "fieldlink/scenes/catalogue/captions.py", "fieldlink/syn2real/prompts.yaml"}


def within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


@pytest.mark.parametrize("name", STAGES)
def test_every_path_of_a_command_is_a_dependency_or_an_output(name):
    stage = pipeline.stages()[name]
    words = {word for word in stage.cmd.split() if word.split("/")[0] in {"data", "reports"}}
    declared = data_paths(stage)
    undeclared = {word for word in words if not any(within(word, path) or within(path, word) for path in declared)}
    unused = {path for path in declared - words if not any(path.startswith(f"{word}/") for word in words)}
    assert (undeclared, {path for path in unused if path.split("/")[0] in {"data", "reports"}}) == (set(), set())


@pytest.mark.parametrize("name", STAGES)
def test_every_parameter_a_verb_reads_is_declared(name):
    stage = pipeline.stages()[name]
    declared = {key for dep in stage.deps if is_params(dep) for key in dep.params or EVERY}
    read = parameters_read(pipeline.file_of(pipeline.verb(stage)))
    covered = {key for key in read if any(key == d or key.startswith(f"{d}.") for d in declared)}
    assert read - covered == set()


EVERY = Params.model_fields  # a params file named without keys is tracked whole


def parameters_read(verb: Path) -> set[str]:
    """Dotted keys below `load(params)` or a name bound to it or to a part of it.

    Where the work runs decides no result and needs no declaration.
    """
    tree, whole = ast.parse(verb.read_text()), "load(params)"
    pairs = [pair for node in ast.walk(tree) if isinstance(node, ast.Assign) for pair in bound(node)]
    sources = {ast.unparse(target): ast.unparse(value) for target, value in pairs}
    loaded = {name: value.removeprefix(whole) for name, value in sources.items() if value.startswith(whole)}
    chains, keys = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}, set()
    for chain in chains:
        name, _, rest = chain.replace(whole, "load").partition(".")
        if name in {"load", *loaded} and "(" not in rest:
            keys.add(f"{loaded.get(name, '')}.{rest}".lstrip("."))
    longest = {key for key in keys if not any(other.startswith(f"{key}.") for other in keys)}
    return {key for key in longest if not key.startswith("runtime")}


def bound(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets and their values, those of `a, b = x, y` one by one."""
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


def test_parameters_are_found_however_they_are_loaded(tmp_path: Path):
    verb = tmp_path / "verb.py"
    verb.write_text(
        "known, stage = load(params), 'verb'\nhow = load(params).clip\nmore = load(params)\n"
        "use(known.study.seed, how.batch, more.mapper.seeds, stage.name, load(params).photos.per_class)\n"
    )
    assert parameters_read(verb) == {"study.seed", "clip.batch", "mapper.seeds", "photos.per_class"}


def test_the_seconds_of_no_stage_are_kept_in_place_of_anothers():
    kept = [(pipeline.verb(stage), output_of(stage.cmd.split())) for stage in pipeline.stages().values()]
    assert [name for name in kept if kept.count(name) > 1] == []


def test_every_stage_says_what_comes_out_and_files_stay_short():
    names = [name for name, _ in pipeline.definitions()]
    assert [name for name, body in pipeline.definitions() if not body.get("desc")] == []
    files = [name.split(":")[0] for name in names]
    assert max(files.count(file) for file in files) <= 15
    assert len(STAGES) <= 60


@pytest.mark.parametrize(
    "path", sorted(pipeline.ROOT.glob("stages/*/*.py")), ids=lambda path: f"{path.parent.name}.{path.stem}"
)
def test_every_file_of_stages_is_a_stage_of_some_pipeline(path):
    if path.name != "__init__.py":
        assert f"stages.{path.parent.name}.{path.stem}" in {
            pipeline.verb(stage) for stage in pipeline.stages().values()
        }
