"""Stable Diffusion and a depth ControlNet of the real classes, tiny and random, in model folders as published ones."""

import json
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    ControlNetModel,
    PNDMScheduler,
    StableDiffusionControlNetPipeline,
    UNet2DConditionModel,
)
from tokenizers.pre_tokenizers import ByteLevel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer


def save(folder: Path) -> None:
    """Folders `model` and `controlnet` below `folder`."""
    torch.manual_seed(0)
    unet = _unet()
    controlnet = _controlnet(unet)
    tokenizer = _tokenizer(folder / "vocabulary")
    pipe = StableDiffusionControlNetPipeline(
        vae=_vae(),
        text_encoder=_text_encoder(tokenizer),
        tokenizer=tokenizer,
        unet=unet,
        controlnet=controlnet,
        scheduler=PNDMScheduler(skip_prk_steps=True),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.save_pretrained(folder / "model", safe_serialization=True)
    controlnet.save_pretrained(folder / "controlnet", safe_serialization=True)


def _unet() -> UNet2DConditionModel:
    """Its attention to the prompt is strong, that one may see it."""
    unet = UNet2DConditionModel(
        sample_size=8,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        block_out_channels=(32, 64),
        layers_per_block=1,
        cross_attention_dim=32,
        attention_head_dim=8,
        norm_num_groups=8,
    )
    _redraw(unet, "attn2", 1.0)
    return unet


def _controlnet(unet: UNet2DConditionModel) -> ControlNetModel:
    """Its zero convolutions are no longer zero, as after training: else it would have no say."""
    controlnet = ControlNetModel.from_unet(
        unet, conditioning_channels=3, conditioning_embedding_out_channels=(8, 8, 16, 16)
    )
    _redraw(controlnet, "controlnet_", 0.05)
    _redraw(controlnet, "cond_embedding", 0.3)
    return controlnet


@torch.no_grad()
def _redraw(module: torch.nn.Module, part: str, spread: float) -> None:
    for name, values in module.named_parameters():
        if part in name:
            values.normal_(0, spread)


def _vae() -> AutoencoderKL:
    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        latent_channels=4,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(8, 8, 16, 16),
        layers_per_block=1,
        norm_num_groups=4,
        sample_size=64,
    )


def _tokenizer(folder: Path) -> CLIPTokenizer:
    """Letter by letter."""
    letters = sorted(ByteLevel.alphabet())
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True)
    (folder / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77)


def _text_encoder(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=77,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
