"""Tiny diffusion models, once for all tests."""

from pathlib import Path

import pytest

from fieldlink.core.params import ControlNetParams, Params


@pytest.fixture(scope="session")
def diffusion(tmp_path_factory: pytest.TempPathFactory, params: Params) -> ControlNetParams:
    """Parameters of a ControlNet path that takes two steps of 64 pixels."""
    from syn2real import tiny_diffusion

    folder: Path = tmp_path_factory.mktemp("diffusion")
    tiny_diffusion.save(folder)
    tiny = {"model": str(folder / "model"), "controlnet": str(folder / "controlnet")}
    return params.syn2real.controlnet.model_copy(update={**tiny, "size": 64, "steps": 2, "precision": "float32"})
