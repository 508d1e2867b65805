"""Every loss and objective has all that belongs to it; a forgotten place is named."""

import re
from dataclasses import fields
from typing import get_args

import numpy as np
import pytest
import torch
from pipeline import ROOT

from fieldlink.core.errors import InputError
from fieldlink.core.params import Loss, Objective
from fieldlink.finetuning.objectives import OBJECTIVES, ObjectiveEntry
from fieldlink.generation.generated_vectors import generate_vectors
from fieldlink.mapper.losses import LOSSES, LossEntry, loss_of
from fieldlink.report.labels import column_label


def test_the_registry_has_the_losses_of_params_each_with_a_title_that_the_page_shows():
    assert set(LOSSES) == set(get_args(Loss))
    assert all(entry.title for entry in LOSSES.values())
    assert [column_label(loss) for loss in LOSSES] == [entry.title for entry in LOSSES.values()]
    assert all(field.default is field.default_factory for field in fields(LossEntry))  # all MISSING


def test_the_registry_has_the_objectives_of_params():
    assert set(OBJECTIVES) == set(get_args(Objective))
    assert all(entry.loss in LOSSES for entry in OBJECTIVES.values())
    assert all(field.default is field.default_factory for field in fields(ObjectiveEntry))


@pytest.mark.parametrize(("key", "names"), [("losses", LOSSES), ("objectives", OBJECTIVES)])
def test_params_yaml_names_each_where_it_is_chosen(key: str, names: dict):
    comments = re.findall(rf"^ +{key}: +# .*?: (.*)$", (ROOT / "params.yaml").read_text(), re.MULTILINE)
    listed = [set(comment.split(", ")) for comment in comments]
    assert set(names) in listed


@pytest.mark.parametrize(("page", "entries"), [("README.md", LOSSES), ("pipelines/finetuning/README.md", OBJECTIVES)])
def test_a_readme_names_each(page: str, entries: dict):
    text = (ROOT / page).read_text()
    assert [name for name in entries if f"`{name}`" not in text] == []


def test_the_protocol_names_the_objectives_by_their_titles():
    protocol = " ".join((ROOT / "docs" / "protocol.md").read_text().split())
    assert f"objectives: {'; '.join(entry.title for entry in OBJECTIVES.values())}." in protocol


@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_leaves_the_norm_free_if_it_does_not_change_with_the_length_of_outputs(loss: Loss):
    outputs, targets = torch.randn(2, 6, 4, generator=torch.Generator().manual_seed(0))
    scale, bias = torch.tensor(1.0), torch.tensor(-1.0)
    short, long = (loss_of(loss, length * outputs, targets, scale, bias) for length in (1.0, 5.0))
    assert torch.allclose(short, long, rtol=1e-5) == LOSSES[loss].norm_free


def test_generation_refuses_a_loss_that_is_not_in_the_registry():
    tensors = {"weights.0": np.eye(2, dtype=np.float32)[None], "biases.0": np.zeros((1, 2), np.float32)}
    config = {"models": [{"variant": "clip2nerf hinge", "loss": "hinge", "seed": 0}]}
    with pytest.raises(InputError, match="trained with loss 'hinge', expected one of"):
        list(generate_vectors(tensors, config, np.ones((1, 2), np.float32), ("mse",), 1.0))
