import numpy as np

from stages.evaluation.zero_shot import correct


def test_the_nearest_prompt_decides_whatever_the_lengths():
    prompts = np.array([[100, 0], [0, 0.1], [-1, -1]], np.float32)
    queries = np.array([[1, 0.2], [0.2, 1], [-5, -4], [1, 0.2]], np.float32)
    assert correct(queries, prompts, np.array([0, 1, 2, 1])).tolist() == [True, True, True, False]


def test_a_tie_goes_to_the_lower_class():
    prompts, query = np.array([[1, 0], [0, 1]], np.float32), np.array([[1, 1]], np.float32)
    assert correct(query, prompts, np.array([0])).all()
    assert not correct(query, prompts, np.array([1])).any()
