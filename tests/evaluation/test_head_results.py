"""The ensemble on a hand case, and McNemar's test by its definition."""

from math import comb

import numpy as np
import pyarrow as pa
import pytest

from fieldlink.core.errors import InputError
from fieldlink.evaluation.measures.mcnemar import mcnemar
from fieldlink.evaluation.results import head_results

IDS = ["a", "b"]


def test_the_ensemble_sums_logits_and_may_overrule_both_heads():
    first = np.array([[[3.0, 2.0, 0.0], [1.0, 0.0, 0.0]]])
    second = np.array([[[0.0, 2.0, 3.0], [0.0, 0.0, 0.5]]])
    classes = np.array([1, 2])
    both = head_results.with_ensemble({"head nerf_embedding": first, "head clip_embedding": second})
    assert both["ensemble"].tolist() == [[[3, 4, 3], [1, 0, 0.5]]]
    values = {result.key.row: result.values.tolist() for result in head_results.head_results(both, classes, IDS, [0])}
    assert values == {"head nerf_embedding": [[0, 0]], "head clip_embedding": [[0, 1]], "ensemble": [[1, 0]]}


def test_mcnemar_is_the_binomial_of_the_answers_where_one_alone_is_right():
    first = np.array([True] * 12 + [False] * 3 + [True] * 40)
    second = np.array([False] * 12 + [True] * 3 + [True] * 40)
    computed = mcnemar(first, second)
    tail = sum(comb(15, k) for k in range(4)) / 2**15
    assert (computed["only_first_right"], computed["only_second_right"]) == (12, 3)
    assert computed["p"] == pytest.approx(2 * tail, abs=1e-6)
    assert mcnemar(first, first)["p"] == 1


def test_the_ensemble_is_tested_against_the_better_head_seed_by_seed():
    classes = np.zeros(4, int)

    def logits(*right: list[int]) -> np.ndarray:
        hits = np.array(right)
        return np.stack([hits, 1 - hits], axis=2).astype(np.float32)

    rows = {
        "worse": logits([0, 0, 1, 1], [0, 0, 0, 0]),
        "better": logits([1, 1, 0, 0], [1, 0, 0, 0]),
        "ensemble": logits([1, 1, 1, 0], [0, 1, 1, 1]),
    }
    computed = head_results.ensemble_against_better_head(rows, classes, [5, 6])
    assert computed["against"] == "better"
    assert [computed[key]["only_first_right"] for key in ("seed 5", "seed 6")] == [1, 3]
    assert [computed[key]["only_second_right"] for key in ("seed 5", "seed 6")] == [0, 1]
    assert (computed["seed 5"]["p"], computed["seed 6"]["p"]) == (1, 0.625)  # 2 · ½ and 2 · (1 + 4) / 2⁴
    assert computed["median p"] == 0.8125


def rows(seeds: list[int]) -> pa.Table:
    keys = [("head", seed, name) for seed in seeds for name in IDS]
    variant, seed, object_id = map(list, zip(*keys, strict=True))
    values = pa.FixedSizeListArray.from_arrays(pa.array(np.arange(2.0 * len(keys)), pa.float32()), 2)
    return pa.table({"variant": variant, "seed": seed, "object_id": object_id, "logits": values})


def test_logits_come_in_the_order_of_the_seeds_asked_for():
    computed = head_results.logits_by_head(rows([0, 1]), IDS, [1, 0])["head"]
    assert computed.tolist() == [[[4, 5], [6, 7]], [[0, 1], [2, 3]]]


@pytest.mark.parametrize(("ids", "seeds"), [(["a", "b", "c"], [0]), (IDS, [0, 1])])
def test_logits_that_are_missing_are_an_error(ids: list[str], seeds: list[int]):
    with pytest.raises(InputError, match=r"logits: .*rerun the stage that trains the heads"):
        head_results.logits_by_head(rows([0]), ids, seeds)
