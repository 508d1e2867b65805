"""The original mapper compared with fine-tuned ones is chosen on validation and measured on test objects."""

import numpy as np

from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.zero_shot_results import PromptClassification
from fieldlink.finetuning.comparison import Candidate, best_original

PROMPTS = np.eye(2, dtype=np.float32)
KEY = CellKey("4.11a", "row", "prompt_photo", "zero_shot_accuracy")


def classification(objects: int) -> PromptClassification:
    """Objects of the first prompt's class."""
    return PromptClassification([f"object-{i}" for i in range(objects)], PROMPTS, np.zeros(objects, np.int64))


def candidate(name: str, validation: list[list[int]], test: list[int]) -> Candidate:
    """By seed, 1 where a validation object is classified right; test objects alike for both seeds."""
    validation_outputs, test_outputs = (
        [PROMPTS[1 - np.array(hits)] for hits in hits_by_seed] for hits_by_seed in (validation, [test, test])
    )
    return Candidate(name, [0, 1], {"validation": validation_outputs, "test": test_outputs})


def test_the_best_on_validation_is_measured_on_test_objects_even_if_another_is_better_there():
    candidates = [
        candidate("views=1", [[1, 0, 0], [0, 0, 0]], [1, 1]),
        candidate("views=2", [[1, 1, 0], [1, 0, 1]], [1, 0]),
        candidate("views=4", [[1, 1, 1], [0, 0, 0]], [1, 1]),
    ]
    result = best_original(candidates, {"validation": classification(3), "test": classification(2)}, "test", KEY)
    assert result.setting == "views=2, best on validation"
    assert result.values.tolist() == [[1, 0], [1, 0]]
    assert result.key == KEY


def test_of_equals_the_first_is_taken():
    candidates = [candidate(name, [[1, 0], [0, 1]], [0]) for name in ("views=1", "views=2")]
    tasks = {"validation": classification(2), "test": classification(1)}
    for split in tasks:
        assert best_original(candidates, tasks, split, KEY).setting.startswith("views=1")
