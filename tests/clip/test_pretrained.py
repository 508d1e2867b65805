"""Published models arrive with their own weights and preprocessing, or with advice."""

import shutil
from pathlib import Path

import open_clip
import pytest
import torch
from safetensors.torch import load_file, save_file

from fieldlink.clip import pretrained, small_clip
from fieldlink.clip.encoders import ClipEncoder
from fieldlink.clip.model_folders import CONFIG, WEIGHTS
from fieldlink.core.errors import InputError
from fieldlink.core.params import ClipNetworkParams


@pytest.fixture
def tiny_name(monkeypatch: pytest.MonkeyPatch, network: ClipNetworkParams) -> str:
    """A tiny network that open_clip knows by name."""
    configs = open_clip.factory._MODEL_CONFIGS | {"tiny": small_clip.description(network)}
    monkeypatch.setattr(open_clip.factory, "_MODEL_CONFIGS", configs)
    return "tiny"


@pytest.mark.parametrize("suffix", ["safetensors", "pt"])
def test_a_checkpoint_file_becomes_a_folder_with_the_same_embeddings(tiny_name, network, tmp_path: Path, suffix: str):
    model, file = small_clip.build(network, 3).eval(), tmp_path / f"weights.{suffix}"
    (save_file if suffix == "safetensors" else torch.save)(model.state_dict(), file)
    pretrained.save(tmp_path / "clip", pretrained.fetch(tiny_name, str(file)))
    encoder = ClipEncoder.load(tmp_path / "clip", "cpu")
    with torch.inference_mode():
        expected = model.encode_text(encoder.tokenizer(["a lamp"])).numpy()
    assert encoder.texts(["a lamp"]) == pytest.approx(expected, abs=1e-6)
    assert encoder.preprocessing.mean == list(open_clip.OPENAI_DATASET_MEAN)


def test_a_file_for_a_published_name_gets_the_preprocessing_of_that_name(monkeypatch, network, tmp_path: Path):
    configs = open_clip.factory._MODEL_CONFIGS | {"ViT-B-16-SigLIP": small_clip.description(network)}
    monkeypatch.setattr(open_clip.factory, "_MODEL_CONFIGS", configs)
    monkeypatch.setattr(open_clip, "get_tokenizer", lambda _: None)  # SigLIP's own would be fetched
    save_file(small_clip.build(network, 0).state_dict(), tmp_path / "weights.safetensors")
    preprocessing = pretrained.fetch("ViT-B-16-SigLIP", str(tmp_path / "weights.safetensors")).preprocess_cfg
    assert (tuple(preprocessing["mean"]), preprocessing["resize_mode"]) == ((0.5, 0.5, 0.5), "squash")


def test_weights_that_are_not_on_this_machine_come_with_the_command_that_fetches_them(monkeypatch, tmp_path: Path):
    from huggingface_hub import constants

    assert constants.HF_HUB_OFFLINE
    with pytest.raises(InputError, match=r"needs the weights of ViT-B-32-quickgelu/openai.* fetch them once with"):
        pretrained.fetch("ViT-B-32-quickgelu", "openai")


@pytest.mark.parametrize(
    ("model", "weights", "words"),
    [
        ("ViT-B-33", "openai", "clip.model: open_clip knows no 'ViT-B-33'"),
        ("ViT-B-32-quickgelu", "opnai", "clip.pretrained: 'opnai' is no file, no folder and none of"),
    ],
)
def test_an_unknown_name_is_an_error(model: str, weights: str, words: str):
    with pytest.raises(InputError, match=words):
        pretrained.fetch(model, weights)


def test_a_file_that_holds_no_weights_is_named(tiny_name, tmp_path: Path):
    (tmp_path / "weights.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(InputError, match=r"weights\.pt: not a state dict of tiny"):
        pretrained.fetch(tiny_name, str(tmp_path / "weights.pt"))


@pytest.mark.thesis
def test_a_folder_gives_the_model_in_it_and_one_without_weights_no_random_model(tiny_clip, network, tmp_path: Path):
    folder = Path(shutil.copytree(tiny_clip, tmp_path / "folder"))
    pretrained.save(tmp_path / "clip", pretrained.fetch("whatever it is called", str(folder)))
    saved, loaded = (load_file(place / WEIGHTS) for place in (tiny_clip, tmp_path / "clip"))
    assert saved.keys() == loaded.keys()
    assert all(torch.equal(saved[name], loaded[name]) for name in saved)
    (folder / WEIGHTS).unlink()
    with pytest.raises(InputError, match=r"folder: expected weights of the model that open_clip_config"):
        pretrained.fetch("any", str(folder))
    (folder / CONFIG).write_text("{}")
    with pytest.raises(InputError, match=r"open_clip_config\.json: expected open_clip's description"):
        pretrained.fetch("any", str(folder))
