"""Which original mapper stands beside the fine-tuned ones: chosen on validation, told on test objects."""

import numpy as np

from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.zero_shot_results import PromptClassification
from fieldlink.finetuning.comparison import Candidate, best_original

PROMPTS = np.eye(2, dtype=np.float32)
PLACE = CellKey("4.11a", "row", "prompt_photo", "zero_shot_accuracy")


def naming(objects: int) -> PromptClassification:
    """Objects of the first prompt's class."""
    return PromptClassification([f"object-{i}" for i in range(objects)], PROMPTS, np.zeros(objects, np.int64))


def candidate(name: str, validation: list[list[int]], test: list[int]) -> Candidate:
    """By seed, 1 where a validation object is named right; test objects alike for both seeds."""
    found, told = ([PROMPTS[1 - np.array(each)] for each in part] for part in (validation, [test, test]))
    return Candidate(name, [0, 1], found, told)


def test_the_best_on_validation_is_told_on_test_objects_even_if_another_is_better_there():
    candidates = [
        candidate("views=1", [[1, 0, 0], [0, 0, 0]], [1, 1]),
        candidate("views=2", [[1, 1, 0], [1, 0, 1]], [1, 0]),
        candidate("views=4", [[1, 1, 1], [0, 0, 0]], [1, 1]),
    ]
    found = best_original(candidates, naming(3), naming(2), PLACE)
    assert found.setting == "views=2, best on validation"
    assert found.values.tolist() == [[1, 0], [1, 0]]
    assert found.key == PLACE


def test_of_equals_the_first_is_taken():
    candidates = [candidate(name, [[1, 0], [0, 1]], [0]) for name in ("views=1", "views=2")]
    assert best_original(candidates, naming(2), naming(1), PLACE).setting.startswith("views=1")
