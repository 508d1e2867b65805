"""Differences of two revisions, or of a mapper and CLIP, paired by query."""

from pathlib import Path

import numpy as np
import pytest

from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.saved_results import SavedResults
from fieldlink.report.cached_results import CachedResults
from fieldlink.report.paired_differences import PairedRevisions, less_clip, paired_differences, summary_differences
from fieldlink.report.revision_metrics import metric_key
from fieldlink.report.revisions import Revision

PARAMS = {"intervals": {"level": 0.95}}


def results(hits: list[float], queries: str = "q") -> SavedResults:
    return SavedResults(np.array([hits], np.float32), (0,), queries, ("d",), "", None)


def test_differences_are_paired_by_query_and_only_if_the_queries_are_the_same():
    """The later run gains 8 of 40 queries and loses none: by query the gain is clear, by two shares it isn't."""
    before = [1.0] * 20 + [0.0] * 20
    now = [1.0] * 28 + [0.0] * 12
    key = CellKey("4.5a", "clip2nerf cosine", "recall@1", "recall_real")
    other = key._replace(column="recall@5")
    differences = paired_differences(
        {key: results(now), other: results(now, "others")}, {key: results(before), other: results(before)}, PARAMS
    )
    assert list(differences) == [("retrieval", "real", "clip2nerf cosine", "recall@1")]
    (difference,) = differences.values()
    assert difference.value == pytest.approx(20.0)
    assert 0 < difference.low < 20 < difference.high < 40


def test_differences_of_other_training_seeds_are_not_paired():
    """The later revision has one of the earlier one's two seeds, or two others."""
    key, hits = CellKey("4.5a", "clip2nerf cosine", "recall@1", "recall_real"), np.array([[1.0] * 20 + [0.0] * 20] * 2)
    both = SavedResults(hits, (0, 1), "q", ("d", "d"), "")
    one, others = SavedResults(hits[1:], (1,), "q", ("d",), ""), SavedResults(hits, (1, 2), "q", ("d", "d"), "")
    assert paired_differences({key: one}, {key: both}, PARAMS) == {}
    assert paired_differences({key: others}, {key: both}, PARAMS) == {}
    assert list(paired_differences({key: both}, {key: both}, PARAMS)) == [metric_key(key)]


def test_a_mapper_less_clip_is_paired_by_query_and_clip_answers_alike_beside_each_seed():
    """Of 40 queries CLIP has 20, the mapper with one seed 28 and with the other 30."""
    mapper = CellKey("4.5a", "clip2nerf cosine", "recall@1", "recall_real")
    clip = CellKey("4.5b", "CLIP mean", "recall@1", "recall_real")
    trained = np.array([[1.0] * 28 + [0.0] * 12, [1.0] * 30 + [0.0] * 10], np.float32)
    differences = less_clip(
        {
            mapper: SavedResults(trained, (0, 1), "q", ("d", "d"), ""),
            clip: results([1.0] * 20 + [0.0] * 20),
            clip._replace(row="CLIP all"): results([1.0] * 40),  # no rival of the headline
        },
        PARAMS,
    )
    assert list(differences) == [(mapper, clip)]
    (difference,) = differences.values()
    assert difference.value == pytest.approx(100 * (29 - 20) / 40)
    assert difference.low < 22.5 < difference.high


def test_revisions_of_two_worlds_have_no_pairs_though_their_queries_have_the_same_names():
    class Saved(CachedResults):
        def of(self, commit: str, split: str) -> dict[CellKey, SavedResults]:
            return {CellKey("4.5a", "clip2nerf cosine", "recall@1", "recall_real"): results([1.0, 0.0] * 20)}

    def world(seed: int) -> Revision:
        text = f"study:\n  seed: {seed}\nintervals:\n  level: 0.95\n"
        return Revision(f"world-{seed}", f"c{seed}", "2020-01-01", "s", "", {"params.yaml": text})

    paired = PairedRevisions(Saved(Path(), None), "params.yaml")
    assert paired.differences(world(1), world(2)) == {}
    of_one_world = paired.differences(world(1), world(1))
    assert set(of_one_world) == {
        ("retrieval", "real", "clip2nerf cosine", "recall@1"),  # of test photos
        ("summary", "clip2nerf_photo"),  # of validation photos
    }


def test_the_summary_s_best_zero_shot_cells_are_paired_with_each_other():
    """Each revision's own best one is in its summary."""
    first, second = (CellKey("4.1", f"nerf2clip views={n}", "cosine", "zero_shot_accuracy") for n in (1, 2))
    before = {first: results([1.0] * 10 + [0.0] * 10), second: results([0.0] * 20)}
    now = {first: results([0.0] * 20), second: results([1.0] * 15 + [0.0] * 5)}
    differences = summary_differences(now, before, PARAMS)
    assert {key: difference.value for key, difference in differences.items()} == {("summary", "zero_shot"): 25.0}
