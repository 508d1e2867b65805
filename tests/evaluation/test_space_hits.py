"""Hits of nearest neighbours in several spaces, and the difference of two of them."""

import numpy as np
import pytest

from fieldlink.evaluation.measures.class_hits import rank_1
from fieldlink.evaluation.results.space_hits import GAIN, space_hits

CLASSES = [f"class {number % 5}" for number in range(60)]
IDS = [f"object {number}" for number in range(60)]


@pytest.fixture
def sorted_by_class() -> np.ndarray:
    """One direction a class, a little apart within it: every neighbour is of the object's class."""
    random = np.random.default_rng(0)
    return np.eye(5)[np.arange(60) % 5] + 0.01 * random.normal(size=(60, 5))


def test_hits_are_those_of_rank_1_and_the_difference_is_theirs(sorted_by_class):
    noise = np.random.default_rng(1).normal(size=(60, 5))
    numbers = space_hits({"trained": sorted_by_class, "untrained": noise, "raw_weights": noise}, CLASSES, IDS, 0.95)
    assert numbers["rank_1_trained"] == 100
    assert numbers["rank_1_untrained"] == numbers["rank_1_raw_weights"] == round(100 * rank_1(noise, CLASSES), 2)
    assert numbers["rank_1_untrained_interval"]["low"] < numbers["rank_1_untrained"]
    assert numbers["rank_1_untrained"] < numbers["rank_1_untrained_interval"]["high"]
    gain = numbers[GAIN]
    assert gain["value"] == pytest.approx(100 - numbers["rank_1_raw_weights"], abs=0.01)
    assert 0 < gain["low"] < gain["value"] < gain["high"]


def test_a_space_is_not_shown_to_be_better_than_itself(sorted_by_class):
    gain = space_hits({"trained": sorted_by_class, "raw_weights": sorted_by_class}, CLASSES, IDS, 0.95)[GAIN]
    assert gain["value"] == 0
    assert gain["low"] < 0 < gain["high"]
