"""Registry of the tokenizers of CLIP models. A model folder names its tokenizer, and loading uses that one.

To add a tokenizer for the small CLIP: an entry here and its name in `small_clip.TOKENIZER`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jaxtyping import Int
from torch import Tensor

from fieldlink.clip.quick_open_clip import open_clip
from fieldlink.core import registry

Tokenizer = Callable[[list[str]], Int[Tensor, "text context"]]  # texts to token ids, one row a text


@dataclass(frozen=True, kw_only=True)
class TokenizerEntry:
    """A tokenizer as a member of the registry."""

    title: str
    vocabulary: int | None  # number of token ids; None: the model's description has it
    save: Callable[[Any, Path], None]  # write the tokenizer's own files into a model folder
    load: Callable[[Path, Mapping[str, Any]], Tokenizer]  # from a model folder and open_clip's `model_cfg`


def _open_clip_bpe(folder: Path, model_cfg: Mapping[str, Any]) -> Tokenizer:
    return open_clip.get_tokenizer(context_length=model_cfg["text_cfg"]["context_length"])


def _published(folder: Path, model_cfg: Mapping[str, Any]) -> Tokenizer:
    return open_clip.get_tokenizer(f"local-dir:{folder}")  # as open_clip_config.json describes it


def _save_published(tokenizer: Any, folder: Path) -> None:
    if hasattr(tokenizer, "save_pretrained"):  # open_clip's own comes with its package
        tokenizer.save_pretrained(folder)


TOKENIZERS: dict[str, TokenizerEntry] = {
    "open_clip_bpe": TokenizerEntry(
        title="open_clip's byte pair encoding, which comes with its package",
        vocabulary=49408,
        save=lambda tokenizer, folder: None,
        load=_open_clip_bpe,
    ),
    "published": TokenizerEntry(
        title="the tokenizer of a published model, as its description names it",
        vocabulary=None,
        save=_save_published,
        load=_published,
    ),
}


def tokenizer_entry(name: str, where: str) -> TokenizerEntry:
    """The entry of a name; `where`: the file and key that hold the name, for the error's message."""
    return registry.member(TOKENIZERS, name, where, "fieldlink/clip/tokenizers.py")
