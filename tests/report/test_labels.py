"""Rows and columns in readable words."""

import pytest

from fieldlink.core.variants import Variant
from fieldlink.report.labels import column_label, label


@pytest.mark.parametrize(
    ("variant", "text"),
    [
        (Variant(direction="nerf2clip", source="gt", views="4"), "nerf2clip, 4 GT views"),
        (Variant(direction="nerf2clip", source="rendered", views="1"), "nerf2clip, 1 rendered view"),
        (Variant(method="clip", views="N"), "CLIP, all views"),
        (Variant(direction="nerf2clip", loss="siglip", training_set="gt only"), "nerf2clip SigLIP, GT views only"),
        (
            Variant(direction="clip2nerf", loss="cosine", training_set="captions"),
            "clip2nerf cosine, trained on captions",
        ),
        (Variant(direction="clip2nerf", loss="cosine", shifted=True), "clip2nerf cosine shifted"),
        (Variant(head="nerf_embedding"), "head NeRF embedding"),
    ],
)
def test_a_row_spells_out_views_training_set_and_names(variant: Variant, text: str):
    assert label(variant.text) == text


def test_the_published_word_for_a_class_hit_rate_gives_way_but_an_instances_recall_keeps_it():
    assert column_label("recall@10") == "Hit@10"
    assert column_label("instance recall@10") == "instance recall@10"


def test_other_keys_are_words_without_underscores():
    assert label("rank_1_trained") == "rank 1 trained"
    assert label("a row, of my own") == "a row, of my own"
    assert column_label("prompt_photo") == "“A photo of …”"
