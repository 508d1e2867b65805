"""Stages start with what they need and no more: most of a short stage's time would be the import of torch."""

import subprocess
import sys
from pathlib import Path

import pipeline
import pytest

from fieldlink.core import source_code

VERBS = sorted({pipeline.verb(stage) for stage in pipeline.stages().values()})
WITHOUT_TORCH = [
    "stages.report.build_report",
    "stages.baselines.embed_weights",
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
TORCH_ITSELF = ["stages.backbone.start_nerfs"]  # which learns what its workers' objects have in common
ONLY_ASKED = {"fieldlink.syn2real.controlnet"}  # imported where parameters ask for it, not by default
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
    return {name: found for name, *found in map(str.split, ended.stdout.splitlines())}


def module(path: Path) -> str:
    return ".".join((pipeline.ROOT / path).relative_to(pipeline.ROOT).with_suffix("").parts).removesuffix(".__init__")


def has_workers(verb: str) -> bool:
    """Whether its own process starts the one that they are forked from."""
    return "preload=" in pipeline.file_of(verb).read_text()


def test_a_stage_that_needs_no_torch_imports_none_in_all_its_rooms():
    names = [module(path) for path in sorted(set().union(*[pipeline.closure(verb) for verb in WITHOUT_TORCH]))]
    assert {name for name, found in imported(names, ("torch",)).items() if found} == set()


def test_no_verb_imports_anything_heavy_before_it_runs():
    assert {name: found for name, found in imported(VERBS, HEAVY).items() if found} == {}


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in TORCH_ITSELF and has_workers(verb)])
def test_a_stage_with_workers_leaves_torch_to_them(verb):
    names = [verb, *({module(path) for path in source_code.imports(pipeline.file_of(verb))} - ONLY_ASKED)]
    assert {name for name, found in imported(names, ("torch",)).items() if found} == set()


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


@pytest.mark.parametrize("verb", WITHOUT_TORCH)
def test_a_stage_without_torch_is_a_stage(verb):
    assert verb in VERBS
