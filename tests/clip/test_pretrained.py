"""Published models arrive with their own weights and preprocessing, or with advice."""

import re
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
    with pytest.raises(InputError, match=r"weights\.pt: not tensors alone: no checkpoint of torch"):
        pretrained.fetch(tiny_name, str(tmp_path / "weights.pt"))


def openai_archive(model: torch.nn.Module, folder: Path) -> Path:
    """A TorchScript archive in half precision with the names that OpenAI's have."""
    picture = torch.zeros(1, 3, 32, 32)

    class Traced(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            for name, part in [*model.named_children(), *model.named_parameters(recurse=False)]:
                setattr(self, name, part)
            for name in ("input_resolution", "context_length", "vocab_size"):
                self.register_buffer(name, torch.tensor(32))

        def forward(self, picture):
            return self.visual(picture)

    torch.jit.trace(Traced().eval(), picture, check_trace=False).half().save(folder / "ViT-T.pt")
    return folder / "ViT-T.pt"


@pytest.mark.filterwarnings("ignore")  # TorchScript is deprecated
def test_an_archive_of_openai_gives_its_weights_and_is_refused_for_another_activation(monkeypatch, tmp_path: Path):
    vision = {"layers": 1, "width": 64, "patch_size": 16, "image_size": 32}
    text = {"context_length": 77, "vocab_size": 49408, "width": 64, "heads": 1, "layers": 1}
    described = {"embed_dim": 8, "vision_cfg": vision, "text_cfg": text}
    configs = {"ViT-T": described, "ViT-T-quickgelu": described | {"quick_gelu": True}}
    monkeypatch.setattr(open_clip.factory, "_MODEL_CONFIGS", open_clip.factory._MODEL_CONFIGS | configs)
    model = open_clip.create_model("ViT-T-quickgelu")
    archive = openai_archive(model, tmp_path)
    loaded = pretrained.fetch("ViT-T-quickgelu", str(archive)).model
    expected = {name: tensor.half().float() for name, tensor in model.float().state_dict().items()}
    assert all(torch.equal(tensor, expected[name]) for name, tensor in loaded.state_dict().items())
    with pytest.raises(InputError, match="has OpenAI's weights, expected ViT-T-quickgelu"):
        pretrained.fetch("ViT-T", str(archive))


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (b"", "empty file"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "Git LFS pointer, run git lfs pull"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
    ],
)
@pytest.mark.parametrize("name", ["weights.pt", "weights.safetensors", "weights.PTH"])
def test_a_file_that_is_no_checkpoint_is_named_by_what_it_is(tiny_name, tmp_path: Path, name, contents, words):
    (tmp_path / name).write_bytes(contents)
    with pytest.raises(InputError, match=rf"{re.escape(name)}: {words}"):
        pretrained.fetch(tiny_name, str(tmp_path / name))


def test_a_pickle_of_any_suffix_is_read_by_the_process_of_its_own(tiny_name, tmp_path: Path):
    torch.save(torch.nn.Linear(2, 2), tmp_path / "weights.pkl")
    with pytest.raises(InputError, match=r"weights\.pkl: not tensors alone: torch\.nn\.modules\.linear\.Linear"):
        pretrained.fetch(tiny_name, str(tmp_path / "weights.pkl"))


def test_a_folder_whose_weights_are_none_is_named_by_what_they_are(tiny_clip, tmp_path: Path):
    folder = Path(shutil.copytree(tiny_clip, tmp_path / "folder"))
    (folder / WEIGHTS).write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n")
    with pytest.raises(InputError, match=rf"{WEIGHTS}: Git LFS pointer"):
        pretrained.fetch("any", str(folder))


def test_weights_with_the_names_of_transformers_are_refused_by_them(tiny_name, tmp_path: Path):
    tensors = {"vision_model.post_layernorm.weight": torch.ones(2)}
    torch.save(tensors, tmp_path / "weights.pt")
    save_file(tensors, tmp_path / "model.safetensors")
    for name in ("weights.pt", "model.safetensors"):
        with pytest.raises(InputError, match="transformers' names"):
            pretrained.fetch(tiny_name, str(tmp_path / name))


@pytest.mark.thesis
def test_a_folder_with_pickled_weights_gives_the_model_in_it(tiny_clip, tmp_path: Path):
    folder = Path(shutil.copytree(tiny_clip, tmp_path / "folder"))
    weights = load_file(folder / WEIGHTS)
    (folder / WEIGHTS).unlink()
    torch.save(weights, folder / "open_clip_pytorch_model.bin")
    loaded = pretrained.fetch("any", str(folder)).model.state_dict()
    assert all(torch.equal(loaded[name], tensor) for name, tensor in weights.items())


@pytest.mark.thesis
def test_a_folder_gives_the_model_in_it_and_one_without_weights_no_random_model(tiny_clip, network, tmp_path: Path):
    folder = Path(shutil.copytree(tiny_clip, tmp_path / "folder"))
    pretrained.save(tmp_path / "clip", pretrained.fetch("whatever it is called", str(folder)))
    saved, loaded = (load_file(model / WEIGHTS) for model in (tiny_clip, tmp_path / "clip"))
    assert saved.keys() == loaded.keys()
    assert all(torch.equal(saved[name], loaded[name]) for name in saved)
    (folder / WEIGHTS).unlink()
    with pytest.raises(InputError, match=r"folder: expected weights of the model that open_clip_config"):
        pretrained.fetch("any", str(folder))
    (folder / CONFIG).write_text("{}")
    with pytest.raises(InputError, match=r"open_clip_config\.json: expected open_clip's description"):
        pretrained.fetch("any", str(folder))
