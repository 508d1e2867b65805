"""A model folder gives the model that was saved, or an error that names it."""

import json
import shutil
from pathlib import Path

import open_clip
import pytest
import torch

from fieldlink.clip import model_folders, small_clip
from fieldlink.clip.tokenizers import TOKENIZERS, TokenizerEntry
from fieldlink.core import digest_folders
from fieldlink.core.errors import InputError
from fieldlink.core.params import ClipNetworkParams


@pytest.fixture
def copy(tiny_clip: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_clip, tmp_path / "copy"))


def test_what_is_loaded_is_what_was_saved(tiny_clip: Path, network: ClipNetworkParams):
    loaded, saved = model_folders.load(tiny_clip)[0].state_dict(), small_clip.build(network, 0).state_dict()
    assert loaded.keys() == saved.keys()
    assert all(torch.equal(loaded[name], saved[name]) for name in saved)


@pytest.mark.parametrize("name", [model_folders.CONFIG, model_folders.WEIGHTS])
def test_a_missing_file_is_an_error_and_no_random_model(copy: Path, name: str):
    (copy / name).unlink()
    with pytest.raises(InputError, match=rf"copy: expected .*{name}"):
        model_folders.load(copy)


def test_a_missing_folder_is_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"nowhere: expected open_clip_config\.json"):
        model_folders.load(tmp_path / "nowhere")


def test_one_flipped_bit_in_the_weights_is_found(copy: Path):
    data = bytearray((copy / model_folders.WEIGHTS).read_bytes())
    data[-100] ^= 1
    (copy / model_folders.WEIGHTS).write_bytes(data)
    with pytest.raises(InputError, match=r"contents of open_clip_model\.safetensors or .* differ from the sha256"):
        model_folders.load(copy)


def test_the_folder_names_its_tokenizer_and_loading_uses_that_one(tiny_clip, network, tmp_path, monkeypatch):
    assert json.loads((tiny_clip / model_folders.CONFIG).read_text())["tokenizer"] == small_clip.TOKENIZER
    letters = TokenizerEntry(
        title="letters",
        vocabulary=256,
        save=lambda tokenizer, folder: (folder / "letters.txt").write_text("".join(tokenizer)),
        load=lambda folder, model_cfg: lambda texts: [(folder / "letters.txt").read_text().index(t) for t in texts],
    )
    monkeypatch.setitem(TOKENIZERS, "letters", letters)
    model, description = small_clip.build(network, 0), small_clip.description(network)
    model_folders.save(
        tmp_path / "clip", model, description, small_clip.PREPROCESSING, tokenizer_name="letters", tokenizer="abc"
    )
    _, tokenizer = model_folders.load(tmp_path / "clip")
    assert tokenizer(["c", "a"]) == [2, 0]
    assert open_clip.create_model(f"local-dir:{tmp_path / 'clip'}", require_pretrained=True)
    monkeypatch.delitem(TOKENIZERS, "letters")
    with pytest.raises(InputError, match=r"tokenizer: 'letters' has no entry in fieldlink/clip/tokenizers\.py"):
        model_folders.load(tmp_path / "clip")


def test_a_folder_that_names_no_tokenizer_is_an_error(copy: Path):
    config = json.loads((copy / model_folders.CONFIG).read_text())
    del config["tokenizer"], config["sha256"]
    digest_folders.write_description(copy, model_folders.CONFIG, config)
    with pytest.raises(InputError, match=r"open_clip_config\.json: no tokenizer"):
        model_folders.load(copy)


def test_a_config_that_describes_another_network_is_an_error(copy: Path):
    config = json.loads((copy / model_folders.CONFIG).read_text())
    del config["sha256"]
    config["model_cfg"]["embed_dim"] = 8
    digest_folders.write_description(copy, model_folders.CONFIG, config)
    with pytest.raises(InputError, match="copy: open_clip cannot load this model"):
        model_folders.load(copy)
