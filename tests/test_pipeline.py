"""The pipeline: no stage is left out, dependencies are whole, paths and parameters are declared, names agree."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pipeline
import pytest
from dvc.dependency import ParamsDependency
from dvc.repo import Repo
from ruamel.yaml import YAML

from fieldlink.commands.stage_runner import output_of
from fieldlink.core.params import Params

STAGES = sorted(pipeline.stages())
CODE = ("fieldlink", "stages")
CHECKED = "data/params.json"  # of the stage that runs before all others; none reads it
ROOT_STUDIES = {"backbone", "report"}  # their stages are in the dvc.yaml of the root
DVC_FILES = [pipeline.ROOT / "dvc.yaml", *sorted(pipeline.ROOT.glob("pipelines/*/dvc.yaml"))]

# Parameters that name code by default: scenes.folder, scenes.captions, photos.folder, syn2real.controlnet.prompts.
CODE_AS_INPUT = {
    "fieldlink/scenes/catalogue",
    "fieldlink/scenes/catalogue/sketches.py",
    "fieldlink/syn2real/prompts.yaml",
}


def is_params(dependency) -> bool:
    return isinstance(dependency, ParamsDependency)


def is_code(path: str) -> bool:
    return path.split("/", maxsplit=1)[0] in CODE


def files_of(stage) -> set[str]:
    """Paths of a stage's dependencies, parameters aside."""
    return {dependency.def_path for dependency in stage.deps if not is_params(dependency)}


def is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def test_a_plain_repro_at_the_root_reaches_every_stage():
    graph = Repo(str(pipeline.ROOT)).index.graph
    stages = {stage.addressing: stage for stage in graph}
    roots = {stage for name, stage in stages.items() if ":" not in name}
    reached = roots | {ancestor for root in roots for ancestor in nx.descendants(graph, root)}
    assert {stage.addressing for stage in graph} == {stage.addressing for stage in reached}
    of_report = nx.descendants(graph, stages["build_report"])
    assert {stage.addressing for stage in of_report} | {"build_report"} == set(stages)


def test_no_lock_has_a_stage_that_is_gone():
    """DVC leaves such entries in place; `fieldlink check` and `why` would take their outputs for today's."""
    for path in DVC_FILES:
        prefix = "" if path.parent == pipeline.ROOT else f"{path.relative_to(pipeline.ROOT)}:"
        locked = YAML(typ="safe").load(path.with_suffix(".lock").read_text())["stages"]
        assert {f"{prefix}{name}" for name in locked} <= {*STAGES}, path


def test_parameters_are_checked_before_any_other_stage_loses_its_outputs():
    graph = Repo(str(pipeline.ROOT)).index.graph
    stages = {stage.addressing: stage for stage in graph}
    unchecked = [name for name, stage in stages.items() if stages["check_params"] not in nx.descendants(graph, stage)]
    assert unchecked == ["check_params"]


@pytest.mark.parametrize("name", STAGES)
def test_code_dependencies_cover_the_imports_and_no_more(name):
    stage = pipeline.stages()[name]
    imports = {str(path) for path in pipeline.closure(pipeline.module(stage))}
    declared = {path for path in files_of(stage) if is_code(path)}
    missing = {path for path in imports if not any(is_within(path, folder) for folder in declared)}
    unneeded = {folder for folder in declared if not any(is_within(path, folder) for path in imports)}
    assert (missing, unneeded - CODE_AS_INPUT) == (set(), set())


@pytest.mark.parametrize("name", STAGES)
def test_every_path_of_a_command_is_a_dependency_or_an_output(name):
    stage = pipeline.stages()[name]
    arguments = {word for word in stage.cmd.split() if is_data(word)}
    declared = {path for path in files_of(stage) if not is_code(path)} | {out.def_path for out in stage.outs}
    undeclared = {
        word for word in arguments if not any(is_within(word, path) or is_within(path, word) for path in declared)
    }
    unused = {path for path in declared - arguments if not any(path.startswith(f"{word}/") for word in arguments)}
    assert (undeclared, {path for path in unused if is_data(path)} - {CHECKED}) == (set(), set())


def is_data(path: str) -> bool:
    return path.split("/", maxsplit=1)[0] in {"data", "reports"}


@pytest.mark.parametrize("name", STAGES)
def test_every_parameter_that_a_stage_reads_is_declared(name):
    stage = pipeline.stages()[name]
    declared = {key for dependency in stage.deps if is_params(dependency) for key in dependency.params or ALL_SECTIONS}
    read = parameters_read(pipeline.file_of(pipeline.module(stage)))
    covered = {key for key in read if any(key == other or key.startswith(f"{other}.") for other in declared)}
    assert read - covered == set()


ALL_SECTIONS = Params.model_fields  # a params file named without keys is tracked whole


def parameters_read(file: Path) -> set[str]:
    """Dotted keys of the parameters that a stage's file reads.

    They follow a call of `load`, or a name that is bound to such a call or to a part of it. Section `runtime` decides
    no result and needs no declaration.
    """
    tree = WithoutArgumentsOfLoad().visit(ast.parse(file.read_text()))
    assignments = [pair for node in ast.walk(tree) if isinstance(node, ast.Assign) for pair in bindings(node)]
    loaded = {"load()": ""}  # expressions and the keys that they stand for
    for target, value in assignments * 2:  # twice: a section may be bound to a part of a bound section
        head, _, rest = ast.unparse(value).partition(".")
        if head in loaded and "(" not in rest:
            loaded[ast.unparse(target)] = f"{loaded[head]}.{rest}".strip(".")
    keys = set()
    for chain in {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}:
        head, _, rest = chain.partition(".")
        if head in loaded and "(" not in rest:
            keys.add(f"{loaded[head]}.{rest}".strip("."))
    longest = {key for key in keys if not any(other.startswith(f"{key}.") for other in keys)}
    return {key for key in longest if not key.startswith("runtime")}


class WithoutArgumentsOfLoad(ast.NodeTransformer):
    """Makes every call of `load` read `load()`."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        return ast.Call(node.func, [], []) if ast.unparse(node.func) == "load" else node


def bindings(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets and their values, those of `a, b = x, y` one by one."""
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


def test_every_stage_reads_all_parameters_strictly():
    modules = {pipeline.module(stage) for stage in pipeline.stages().values()}
    assert [module for module in modules if "load(params_file)" not in pipeline.file_of(module).read_text()] == []


def test_parameters_are_found_however_they_are_loaded(tmp_path: Path):
    file = tmp_path / "stage.py"
    file.write_text(
        "params, name = load(params_file), 'stage'\nclip = load(file).clip\nmapper = params.mapper\nnone = load\n"
        "use(params.study.seed, clip.batch, mapper.seeds, name.upper, load(params_file).photos.per_class)\n"
    )
    assert parameters_read(file) == {"study.seed", "clip.batch", "mapper.seeds", "photos.per_class"}


def test_no_two_stages_keep_their_seconds_under_one_name():
    names = Counter((pipeline.module(stage), output_of(stage.cmd.split())) for stage in pipeline.stages().values())
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("path", sorted(pipeline.ROOT.glob("stages/*/*.py")), ids=lambda path: path.stem)
def test_a_stage_is_thin(path):
    text = path.read_text()
    assert len(text.splitlines()) <= 60
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    assert {node.name for node in functions if (node.end_lineno or 0) - node.lineno >= 50} == set()


def test_every_stage_says_what_comes_out():
    assert [name for name, body in pipeline.definitions() if not body.get("desc")] == []


@pytest.mark.parametrize("path", DVC_FILES, ids=lambda path: str(path.parent.relative_to(pipeline.ROOT)))
def test_a_dvc_file_is_readable(path):
    lines = path.read_text().splitlines()
    assert [line for line in lines if len(line) > 120] == []
    lengths = stage_lengths(lines)
    assert {name: length for name, length in lengths.items() if length > 25} == {}
    assert 1 <= len(lengths) <= 16


def stage_lengths(lines: list[str]) -> Counter[str]:
    """Lines of each stage of a dvc.yaml file; a stage begins with its name, indented by two, below `stages:`."""
    lengths, section, name = Counter[str](), "", ""
    for line in lines:
        if line and not line.startswith((" ", "#")):
            section = line
        elif section.startswith("stages:") and line.strip() and not line.lstrip().startswith("#"):
            name = line.strip() if line.startswith("  ") and not line.startswith("   ") else name
            lengths[name] += 1
    return lengths


def test_pipelines_stages_and_tests_have_the_same_studies():
    pipelines = {path.parent.name for path in pipeline.ROOT.glob("pipelines/*/dvc.yaml")}
    studies = {path.parent.name for path in pipeline.ROOT.glob("stages/*/__init__.py")}
    tests = {path.parent.name for path in pipeline.ROOT.glob("tests/*/test_*.py")}
    assert pipelines == studies - ROOT_STUDIES
    assert studies - ROOT_STUDIES <= tests


def test_a_study_s_stages_are_in_its_dvc_file():
    """Stages of the backbone serve several studies."""
    for name, stage in pipeline.stages().items():
        study, folder = pipeline.module(stage).split(".")[1], Path(name.partition(":")[0]).parent
        assert study in ({*ROOT_STUDIES} if ":" not in name else {folder.name, "backbone"}), name


def test_every_file_of_stages_is_a_stage_of_the_pipeline():
    modules = {pipeline.module(stage) for stage in pipeline.stages().values()}
    files = {path for path in pipeline.ROOT.glob("stages/*/*.py") if path.name != "__init__.py"}
    assert {f"stages.{path.parent.name}.{path.stem}" for path in files} == modules


TRAINING_STUDIES = ("zero_shot", "retrieval", "embedding_spaces", "syn2real", "augmented", "baselines", "finetuning")


def test_no_training_of_mappers_or_heads_depends_on_photos_or_prompts():
    """Directly or through other stages: new photos and prompts are mapped by stage `apply`, and retrain nothing."""
    graph = Repo(str(pipeline.ROOT)).index.graph
    stages = {stage.addressing: stage for stage in graph}
    names = [f"pipelines/{study}/dvc.yaml:train" for study in (*TRAINING_STUDIES, "captions")]
    names.append("pipelines/finetuning/dvc.yaml:finetune")
    for name in names:
        sources = {stages[name], *nx.descendants(graph, stages[name])}
        read = {dependency.def_path for stage in sources for dependency in stage.deps if not is_params(dependency)}
        assert read & {"data/photos", "data/embeddings/photos", "data/embeddings/prompts"} == set(), name


@pytest.mark.parametrize("study", TRAINING_STUDIES)
def test_what_is_trained_is_applied_by_a_stage_of_its_own(study):
    trains, applies = (pipeline.stages()[f"pipelines/{study}/dvc.yaml:{stage}"] for stage in ("train", "apply"))
    made = {out.def_path for out in trains.outs}
    assert made & {dependency.def_path for dependency in applies.deps}
    assert not made & {out.def_path for out in applies.outs}
