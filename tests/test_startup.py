"""Stages start with what they need and no more: most of a short stage's time would be the import of torch."""

import subprocess
import sys

import pipeline
import pytest

VERBS = sorted({pipeline.verb(stage) for stage in pipeline.stages().values()})
WITHOUT_TORCH = [
    "stages.build_report",
    "stages.embed_weights",
    "stages.evaluate_augmented",
    "stages.evaluate_baselines",
    "stages.evaluate_captions",
    "stages.evaluate_claims",
    "stages.evaluate_clip",
    "stages.evaluate_finetuning",
    "stages.evaluate_retrieval",
    "stages.evaluate_spaces",
    "stages.evaluate_syn2real",
    "stages.evaluate_zero_shot",
    "stages.prepare_captioned_pictures",
    "stages.prepare_photos",
    "stages.prepare_scenes",
]
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


def test_a_stage_that_needs_no_torch_imports_none_in_all_its_rooms():
    files = sorted(set().union(*[pipeline.closure(verb) for verb in WITHOUT_TORCH]))
    names = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in files]
    assert {name for name, found in imported(names, ("torch",)).items() if found} == set()


def test_no_verb_imports_anything_heavy_before_it_runs():
    assert {name: found for name, found in imported(VERBS, HEAVY).items() if found} == {}


def test_what_trains_mappers_leaves_torch_to_its_workers():
    names = ["stages.trainings", "stages.mapper.sweeps"]
    assert imported(names, ("torch",)) == {name: [] for name in names}


STEP = """
import sys
import torch
from stages.runtime.optimizers import Adam, AdamW
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
    subprocess.run([sys.executable, "-c", STEP], cwd=pipeline.ROOT, check=True)


@pytest.mark.parametrize("verb", WITHOUT_TORCH)
def test_a_stage_without_torch_is_a_stage(verb):
    assert verb in VERBS
