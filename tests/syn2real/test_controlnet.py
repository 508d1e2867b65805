"""Stable Diffusion with a ControlNet: tiny random models of the real classes, on a CPU."""

import sys
import warnings

import numpy as np
import pytest

from fieldlink.core.errors import InputError
from fieldlink.syn2real import controlnet
from fieldlink.syn2real.depth_control import control_image


@pytest.fixture(scope="module")
def pipe(diffusion):
    return controlnet.pipeline(diffusion, "cpu")


def depth(radius: float) -> np.ndarray:
    rows, columns = np.mgrid[:16, :16] - 7.5
    return np.where(np.hypot(rows, columns) < radius, 1.0, 0.0).astype(np.float32)


def test_a_picture_depends_on_seed_depth_and_prompts_alone(pipe, diffusion):
    def made(radius=5.0, prompt="a chair", negative="drawing", seed=1):
        return controlnet.translate(pipe, control_image(depth(radius), 64), prompt, negative, diffusion, seed)

    first = made()
    assert first.shape == (64, 64, 3)
    assert first.dtype == np.uint8
    assert first.std() > 0
    others = [made(seed=2), made(radius=7.0), made(prompt="a lamp"), made(negative="photo")]
    assert all((first != other).any() for other in others)
    assert (first == made()).all()  # whatever was made in between


def test_the_pipeline_is_the_protocols(pipe):
    assert type(pipe).__name__ == "StableDiffusionControlNetPipeline"
    assert type(pipe.scheduler).__name__ == "UniPCMultistepScheduler"
    assert pipe.safety_checker is None


@pytest.mark.parametrize("package", ["diffusers", "transformers", "accelerate"])
def test_a_missing_package_says_what_to_install(diffusion, monkeypatch, package):
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        InputError, match=rf"controlnet needs more packages .*{package}.*; pip install -e '\.\[syn2real"
    ):
        controlnet.pipeline(diffusion, "cpu")


@pytest.mark.parametrize("part", ["model", "controlnet"])
@pytest.mark.parametrize("name", ["made-up/weights", "nowhere/at/all"])
def test_missing_weights_say_what_to_download(diffusion, part, name):
    with pytest.raises(InputError, match=rf"syn2real\.controlnet\.{part}: {name} cannot be .* `hf download {name}`"):
        controlnet.pipeline(diffusion.model_copy(update={part: name}), "cpu")


def test_loading_and_translating_say_nothing(diffusion, capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        pipe = controlnet.pipeline(diffusion, "cpu")
    controlnet.translate(pipe, control_image(depth(5.0), 64), "a", "b", diffusion, 0)
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")
