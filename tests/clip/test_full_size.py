"""Models of the published classes and sizes, random, through the real path; and the real weights where they are."""

import json
import os
from pathlib import Path

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers

from fieldlink.clip import encoders, model_folders, pretrained
from fieldlink.clip.encoders import ClipEncoder
from fieldlink.core.errors import InputError

pytestmark = [pytest.mark.thesis, pytest.mark.slow]

WORDS = ["</s>", "<unk>", "a", "red", "car", "photo", "of", "lamp"]
TEXTS = ["a photo of a car", "a red lamp"]


def picture(height: int, width: int) -> np.ndarray:
    rows, columns = np.mgrid[:height, :width]
    return np.stack([rows * 255 // height, columns * 255 // width, (rows + columns) % 256], -1).astype(np.uint8)


def embedded(model, images: torch.Tensor, tokens: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    with torch.inference_mode():
        return model.encode_image(images).numpy(), model.encode_text(tokens).numpy()


def test_vit_b_32_from_a_file_embeds_as_the_model_that_was_saved(tmp_path):
    name = "ViT-B-32-quickgelu"
    model = open_clip.create_model(name).eval()
    save_file(model.state_dict(), tmp_path / "weights.safetensors")
    shot = Image.fromarray(picture(300, 400)).resize((298, 224), Image.Resampling.BICUBIC).crop((37, 0, 261, 224))
    mean, std = (np.array(row, np.float32) for row in (open_clip.OPENAI_DATASET_MEAN, open_clip.OPENAI_DATASET_STD))
    pixels = torch.from_numpy((np.asarray(shot, np.float32) / 255 - mean) / std).permute(2, 0, 1)[None]
    expected = embedded(model, pixels, open_clip.tokenize(TEXTS))
    del model
    pretrained.save(tmp_path / "clip", pretrained.fetch(name, str(tmp_path / "weights.safetensors")))
    (tmp_path / "weights.safetensors").unlink()
    encoder = encoders.load(tmp_path / "clip", "cpu")
    assert isinstance(encoder, ClipEncoder)
    assert type(encoder.model.visual.transformer.resblocks[0].mlp.gelu).__name__ == "QuickGELU"
    assert encoder.images([picture(300, 400)], 1) == pytest.approx(expected[0], abs=2e-4)
    assert encoder.texts(TEXTS) == pytest.approx(expected[1], abs=1e-5)
    assert expected[0].shape == (1, 512)


def siglip_folder(folder: Path) -> torch.nn.Module:
    """A SigLIP model's folder as the hub has it, with random weights and a tokenizer of a few words."""
    from transformers import PreTrainedTokenizerFast  # takes a second

    words = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    special = {"pad_token": "</s>", "eos_token": "</s>", "unk_token": "<unk>"}
    PreTrainedTokenizerFast(tokenizer_object=words, **special).save_pretrained(folder)
    model = open_clip.create_model("ViT-B-16-SigLIP").eval()
    save_file(model.state_dict(), folder / model_folders.WEIGHTS)
    preprocessing = {"mean": [0.5] * 3, "std": [0.5] * 3, "interpolation": "bicubic", "resize_mode": "squash"}
    config = {"model_cfg": open_clip.get_model_config("ViT-B-16-SigLIP"), "preprocess_cfg": preprocessing}
    (folder / model_folders.CONFIG).write_text(json.dumps(config))
    return model


def test_siglip_from_a_folder_embeds_as_the_model_that_was_saved_with_its_own_words_and_pictures(tmp_path):
    model = siglip_folder(tmp_path)
    shot = Image.fromarray(picture(300, 400)).resize((224, 224), Image.Resampling.BICUBIC)
    pixels = torch.from_numpy(np.asarray(shot, np.float32) / 127.5 - 1).permute(2, 0, 1)[None]
    tokens = [[WORDS.index(word) for word in text.split()] for text in TEXTS]
    padded = torch.tensor([row + [0] * (64 - len(row)) for row in tokens])
    expected = embedded(model, pixels, padded)
    del model
    pretrained.save(tmp_path / "clip", pretrained.fetch("SigLIP", str(tmp_path)))
    encoder = encoders.load(tmp_path / "clip", "cpu")
    assert encoder.images([picture(300, 400)], 1) == pytest.approx(expected[0], abs=2e-4)
    assert encoder.texts([text.upper() for text in TEXTS]) == pytest.approx(expected[1], abs=1e-5)


def test_the_real_weights_give_the_published_text_embeddings(real):
    """Weights of ViT-B-32/openai: FIELDLINK_CLIP names their file or folder, or open_clip has them in its cache."""
    try:
        taken = pretrained.fetch("ViT-B-32-quickgelu", os.environ.get("FIELDLINK_CLIP", "openai"))
    except InputError as error:
        pytest.skip(f"no real weights on this machine, set FIELDLINK_CLIP: {error}")
    categories = json.loads((real / "clip_text_embeddings/lvis_v1_train_cat_info.json").read_text())
    names = [row["name"] for row in sorted(categories, key=lambda row: row["id"])]
    chosen = [number for number, name in enumerate(names) if name.isalpha()][:64]
    published = np.load(real / "clip_text_embeddings/lvis_v1_clip_a+cname.npy")[chosen].astype(np.float32)
    vectors = ClipEncoder(taken.model, taken.tokenizer, "cpu").texts([f"a {names[number]}" for number in chosen])
    cosines = (vectors * published).sum(1) / np.linalg.norm(vectors, axis=1) / np.linalg.norm(published, axis=1)
    assert cosines.min() > 0.999
