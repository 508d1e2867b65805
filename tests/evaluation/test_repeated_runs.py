"""Identical predictions are one run under two names, or an error."""

import re
from dataclasses import replace

import numpy as np
import pytest
from evaluation import made_up_answers
from evaluation.made_up_answers import saved_by_key

from fieldlink.core.errors import InputError
from fieldlink.evaluation import repeated_runs
from fieldlink.evaluation.results.query_results import CellKey, QueryResults
from fieldlink.evaluation.results.saved_results import by_cell


def test_ranks_and_metrics_of_a_row_share_a_run_and_losses_do_not():
    repeated_runs.require_distinct_runs(saved_by_key(made_up_answers.answers()))
    shot = CellKey("4.1", "nerf2clip gt views=1", "cosine", "zero_shot_accuracy")
    assert repeated_runs.run_of(shot) != repeated_runs.run_of(shot._replace(column="siglip"))
    hit = CellKey("4.4a", "clip2nerf cosine", "recall@1", "recall_synthetic")
    assert (
        repeated_runs.run_of(hit)
        == repeated_runs.run_of(hit._replace(column="recall@5"))
        == repeated_runs.run_of(hit._replace(metric="mAP"))
    )


@pytest.mark.parametrize(
    ("first", "second", "allowed"),
    [
        (("4.9a", "nerf2clip siglip"), ("4.10a", "nerf2clip siglip batch=64"), True),
        (("4.9a", "nerf2clip siglip"), ("4.10b", "nerf2clip siglip batch=64"), False),
        (("4.9a", "nerf2clip siglip"), ("4.10a", "nerf2clip siglip batch=64 original"), False),
        (("4.9a", "nerf2clip siglip original"), ("4.10a", "nerf2clip siglip batch=64 original"), True),
        (("4.9a", "nerf2clip siglip"), ("4.4a", "nerf2clip siglip"), False),
        (("4.4a", "clip2nerf cosine"), ("4.12a", "clip2nerf cosine (original)"), True),
        (("4.11b", "clip2nerf cosine (original)"), ("4.12a", "clip2nerf cosine (original)"), True),
        (("4.4a", "clip2nerf cosine"), ("4.4a", "clip2nerf siglip"), False),
        (("4.5a", "nerf2clip siglip"), ("4.11c", "nerf2clip siglip"), True),
        (("4.5a", "nerf2clip siglip"), ("4.11c", "finetuned siglip"), False),
        (("4.4b", "CLIP mean"), ("4.4b", "CLIP all"), True),  # scenes.views: 1
        (("4.5b", "CLIP mean"), ("4.5b", "CLIP all"), True),
        (("captions", "CLIP mean"), ("captions", "CLIP all"), True),
        (("prompts", "CLIP mean shifted"), ("prompts", "CLIP all shifted"), True),
        (("4.4b", "CLIP all"), ("4.4b", "CLIP all distinct"), True),
        (("prompts", "CLIP mean"), ("prompts", "CLIP mean shifted"), False),
        (("4.9a", "nerf2clip siglip"), ("4.10a", "nerf2clip siglip batch=64 equal-steps"), True),
        (("4.10a", "nerf2clip siglip batch=64"), ("4.10a", "nerf2clip siglip batch=64 equal-steps"), True),
        (("4.4a", "clip2nerf mse"), ("baselines synthetic", "nf2vec clip2nerf mse"), True),  # baselines.epochs
        (("4.4a", "clip2nerf mse"), ("baselines synthetic", "nf2vec clip2nerf cosine"), False),
        (("4.4a", "clip2nerf mse"), ("baselines synthetic", "pca clip2nerf mse"), False),
        (("4.12b", "clip2nerf cosine (original)"), ("baselines real", "nf2vec clip2nerf cosine"), True),
        (("4.4a", "clip2nerf cosine"), ("4.9a", "clip2nerf cosine original"), True),  # scenes.copies: 0
        (("4.4a", "clip2nerf cosine"), ("4.9a", "clip2nerf cosine"), False),
        (("prompts", "CLIP mean"), ("prompts", "CLIP all shifted"), False),
        (("4.4a", "nerf2clip cosine"), ("4.7", "concat weighted synthetic"), True),  # embedding_spaces.nerf2clip
        (("4.5a", "nerf2clip cosine"), ("4.7", "concat weighted real"), True),
        (("4.11c", "nerf2clip cosine"), ("4.7", "concat weighted real"), True),
        (("4.4a", "clip2nerf mse"), ("4.7", "concat weighted synthetic"), True),  # embedding_spaces.clip2nerf
        (("4.12b", "clip2nerf cosine (original)"), ("4.7", "concat weighted real"), True),
        (("4.4a", "clip2nerf siglip"), ("4.12a", "clip2nerf cosine (original)"), False),
        (("4.4a", "nerf2clip cosine"), ("4.7", "concat weighted real"), False),
    ],
)
def test_only_what_the_study_calls_a_repeat_may_be_one_run(first, second, allowed):
    answers = [one_run(CellKey(*cell, "recall@1", "recall")) for cell in (first, second)]
    judge(answers, allowed, re.escape(" and ".join(f"Table {': '.join(cell)}" for cell in sorted((first, second)))))


@pytest.mark.parametrize(
    ("first", "second", "allowed"),
    [
        (("batch=512", 468), ("batch=1024", 468), True),  # capped alike
        (("batch=512", 468), ("batch=1024", 469), False),
        (("batch=512 original", 156), ("batch=1024 original", 156), True),
        (("batch=512 equal-steps", 468), ("batch=1024 equal-steps", 468), True),
        (("batch=512", 156), ("batch=512 original", 156), False),
    ],
)
def test_batches_are_one_run_where_their_settings_agree(first, second, allowed):
    keys = [CellKey("4.10a", f"nerf2clip siglip {row}", "recall@1", "recall") for row, _ in (first, second)]
    settings = [f"batch {used}" for _, used in (first, second)]
    answers = [one_run(key, setting) for key, setting in zip(keys, settings, strict=True)]
    judge(answers, allowed, "have identical predictions")


@pytest.mark.parametrize(
    ("table", "row", "column", "allowed"),
    [
        ("4.1", "nerf2clip gt views=8", "cosine", True),
        ("4.1", "nerf2clip gt views=8", "siglip", False),
        ("4.2", "nerf2clip gt views=8", "cosine", False),
        ("4.1 sketch", "nerf2clip gt views=8", "cosine", True),
        ("4.1 sketch", "nerf2clip gt views=8", "siglip", False),
    ],
)
def test_the_original_with_the_best_views_repeats_a_row_of_its_prompt(table, row, column, allowed):
    best = CellKey("4.11a", "nerf2clip cosine (original best views)", "prompt_3d_model", "zero_shot_accuracy")
    judge([one_run(best), one_run(CellKey(table, row, column, "zero_shot_accuracy"))], allowed, "identical predictions")


def test_two_rows_that_one_line_names_by_one_pattern_are_still_twins():
    rows = [CellKey("4.1", f"nerf2clip gt views={n}", "cosine", "zero_shot_accuracy") for n in (1, 2)]
    judge([one_run(words) for words in rows], False, "views=1: cosine and Table 4.1: .*views=2: cosine")


def test_a_place_in_two_datasets_and_seeds_that_answer_other_queries_are_errors():
    rows = made_up_answers.rows([one_run(CellKey("9", "a", "b", "c"))])
    with pytest.raises(InputError, match=r"two studies fill one cell of a table: \[CellKey\(table='9'"):
        by_cell([rows, rows])
    answers = one_run(CellKey("9", "a", "b", "c"))
    other = made_up_answers.rows([replace(answers, queries=["x", "y", "z"], seeds=[7])])
    import pyarrow as pa

    with pytest.raises(InputError, match="its seeds do not have the same queries"):
        by_cell([pa.concat_tables([rows, other])])


def one_run(words: CellKey, setting: str = "") -> QueryResults:
    hits, ids = np.array([[True, False, True]]), ["1", "2", "3"]
    return QueryResults.of(words, hits, [0], ids, [np.array([1.0, 2.0])], setting=setting)


def judge(answers: list[QueryResults], allowed: bool, message: str) -> None:
    if allowed:
        repeated_runs.require_distinct_runs(saved_by_key(answers))
        return
    with pytest.raises(InputError, match=message):
        repeated_runs.require_distinct_runs(saved_by_key(answers))
