"""The page's sentence on nf2vec's neighbours beside those of the raw weights."""

import pytest

from fieldlink.report.neighbour_findings import neighbour_findings


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.4, 9.6, "is better than the raw weights"),
        (-9.6, -0.4, "is worse than the raw weights"),
        (-1.0, 9.0, "is not shown to be better or worse"),
    ],
)
def test_the_interval_decides_and_is_shown(low, high, words):
    gain = {"value": (low + high) / 2, "low": low, "high": high}
    numbers = {"rank_1_trained": 72.1, "rank_1_raw_weights": 70.0, "rank_1_trained_less_raw_weights": gain}
    sentence = neighbour_findings({"nf2vec": numbers})
    assert sentence is not None
    assert words in sentence
    assert f"[{low:+.1f}, {high:+.1f}]" in sentence


def test_a_study_without_the_interval_has_no_sentence():
    assert neighbour_findings({}) is None
    assert neighbour_findings({"nf2vec": {"rank_1_trained": 72.1}}) is None
