"""Every entry of the registry of tokenizers is complete, and the small CLIP's is one of them."""

import open_clip
import pytest
import torch
from parameters import readme_rows

from fieldlink.clip import small_clip
from fieldlink.clip.tokenizers import TOKENIZERS, tokenizer_entry
from fieldlink.core.errors import InputError


@pytest.mark.parametrize("name", TOKENIZERS)
def test_a_tokenizer_has_a_title_a_size_and_a_line_in_the_readme(name):
    entry = TOKENIZERS[name]
    assert entry.title
    assert entry.vocabulary is None or entry.vocabulary > 0
    assert entry.vocabulary is not None or name != small_clip.TOKENIZER
    assert [row for row in readme_rows() if "tokenizer" in row and f"`{name}`" in row]


def test_the_small_clip_s_token_ids_are_open_clips_own(network):
    texts = ["a red chair with four thin legs", "", "an airplane " * 20]
    expected = open_clip.get_tokenizer(context_length=network.context)(texts)
    assert torch.equal(small_clip.tokenizer(network)(texts), expected)
    assert small_clip.description(network)["text_cfg"]["vocab_size"] > int(expected.max())


def test_a_name_without_an_entry_is_an_error_that_names_the_registry():
    with pytest.raises(
        InputError, match=r"here: 'words' has no entry in fieldlink/clip/tokenizers\.py, expected one of"
    ):
        tokenizer_entry("words", "here")
