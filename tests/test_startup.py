"""Stages and the console command import what they need and no more: torch alone would take most of a short run."""

import subprocess
import sys
from pathlib import Path

import pipeline
import pytest

from fieldlink.commands.main import SUBCOMMANDS, function_of
from fieldlink.core import source_code

STAGES = sorted({pipeline.module(stage) for stage in pipeline.stages().values()})
WITHOUT_TORCH = [
    "stages.augmented.evaluate",
    "stages.baselines.evaluate",
    "stages.captions.evaluate",
    "stages.report.evaluate_claims",
    "stages.models.evaluate_clip",
    "stages.finetuning.evaluate",
    "stages.retrieval.evaluate",
    "stages.embedding_spaces.evaluate",
    "stages.syn2real.evaluate",
    "stages.zero_shot.evaluate",
    "stages.backbone.prepare_captioned_pictures",
    "stages.backbone.prepare_photos",
    "stages.backbone.prepare_scenes",
]
# Other packages that build_report may import have members of registries, whose code is imported when it is used.
OF_THE_PAGE = ("stages.", "fieldlink.evaluation.", "fieldlink.report.", "fieldlink.scenes.")
TORCH_ITSELF = ["stages.backbone.start_nerfs"]  # which averages the weights that its workers learn
NOT_BY_DEFAULT = {"fieldlink.syn2real.controlnet"}  # imported for translator controlnet
HEAVY = ("torch", "open_clip", "sklearn", "scipy", "matplotlib", "trimesh")  # pandas comes with pyarrow.dataset
IMPORT = """
import importlib, sys
for name in {names!r}:
    importlib.import_module(name)
    print(name, *[package for package in {packages!r} if package in sys.modules])
"""


def imported(names: list[str], packages: tuple[str, ...]) -> dict[str, list[str]]:
    """Which packages are in memory once each module is imported, all in one fresh process."""
    command = [sys.executable, "-c", IMPORT.format(names=names, packages=packages)]
    ended = subprocess.run(command, cwd=pipeline.ROOT, capture_output=True, text=True, check=True)
    return {name: packages for name, *packages in map(str.split, ended.stdout.splitlines())}


def module(path: Path) -> str:
    return ".".join((pipeline.ROOT / path).relative_to(pipeline.ROOT).with_suffix("").parts).removesuffix(".__init__")


def has_workers(stage: str) -> bool:
    """Whether a stage starts the process that workers are forked from."""
    return "preload=" in pipeline.file_of(stage).read_text()


def test_a_stage_that_needs_no_torch_imports_none_in_any_of_its_modules():
    names = [module(path) for path in sorted(set().union(*[pipeline.closure(stage) for stage in WITHOUT_TORCH]))]
    assert {name for name, packages in imported(names, ("torch",)).items() if packages} == set()


def test_the_page_imports_no_torch_in_any_module_of_its_own():
    paths = pipeline.closure("stages.report.build_report")
    names = [name for name in map(module, sorted(paths)) if name.startswith(OF_THE_PAGE)]
    assert "fieldlink.report.result_tables" in names
    assert {name for name, packages in imported(names, ("torch",)).items() if packages} == set()


def test_the_words_of_registries_need_no_torch():
    """build_report reads them, whose entries import their code when it is used."""
    script = (
        "import sys; from pathlib import Path; from fieldlink.core.params import load;"
        "from fieldlink.report import labels, study_description;"
        "study_description.describe(load(Path('params.yaml'))); [labels.label(name) for name in labels.COLUMNS];"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=pipeline.ROOT, check=False).returncode == 0


def test_no_stage_imports_anything_heavy_before_it_runs():
    assert {name: packages for name, packages in imported(STAGES, HEAVY).items() if packages} == {}


def test_no_subcommand_imports_anything_heavy_before_it_runs():
    names = [function_of(name).__module__ for name in SUBCOMMANDS]
    assert {name: packages for name, packages in imported(names, HEAVY).items() if packages} == {}


def test_the_help_of_the_console_command_imports_no_subcommand():
    ours = tuple(f"fieldlink.{name}" for name in ("core.datasets", "core.params", "commands.preflight"))
    assert imported(["fieldlink.commands.main"], (*HEAVY, "pyarrow", "pydantic", "tyro", *ours)) == {
        "fieldlink.commands.main": []
    }


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage not in TORCH_ITSELF and has_workers(stage)])
def test_a_stage_with_workers_leaves_torch_to_them(stage):
    names = [stage, *({module(path) for path in source_code.imports(pipeline.file_of(stage))} - NOT_BY_DEFAULT)]
    assert {name for name, packages in imported(names, ("torch",)).items() if packages} == set()


STEP = """
import sys
import torch
from fieldlink.core.optimizers import Adam, AdamW
weight = torch.ones(3, requires_grad=True)
for kind in (Adam, AdamW):
    optimizer = kind([weight], lr=0.1, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=9)
    optimizer.zero_grad()
    weight.sum().backward()
    optimizer.step()
    schedule.step()
    optimizer.load_state_dict(optimizer.state_dict())
sys.exit("torch._dynamo" in sys.modules)
"""


def test_optimizers_do_not_import_torchs_compiler():
    ended = subprocess.run([sys.executable, "-c", STEP], cwd=pipeline.ROOT, check=False)
    assert ended.returncode == 0


@pytest.mark.parametrize("stage", WITHOUT_TORCH)
def test_a_stage_without_torch_is_a_stage(stage):
    assert stage in STAGES
