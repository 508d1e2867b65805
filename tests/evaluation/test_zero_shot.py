import numpy as np

from fieldlink.evaluation.measures.class_prompts import mean_prompts
from fieldlink.evaluation.measures.cosines import cosines


def test_the_nearest_prompt_decides_whatever_the_lengths():
    prompts = np.array([[100, 0], [0, 0.1], [-1, -1]], np.float32)
    queries = np.array([[1, 0.2], [0.2, 1], [-5, -4]], np.float32)
    similarity = cosines(queries, prompts)
    assert similarity.argmax(1).tolist() == [0, 1, 2]
    np.testing.assert_allclose(similarity[0], [1 / 1.04**0.5, 0.2 / 1.04**0.5, -1.2 / 2.08**0.5], rtol=1e-6)


def test_equal_prompts_tie_and_the_lower_class_wins():
    random = np.random.default_rng(0)
    prompts, queries = np.tile(random.normal(size=(1, 9)), (3, 1)), random.normal(size=(50, 9))
    similarity = cosines(queries.astype(np.float32), prompts.astype(np.float32))
    assert (similarity == similarity[:, :1]).all()
    assert (similarity.argmax(1) == 0).all()


def test_an_ensemble_is_the_mean_direction_of_a_classs_prompts_however_long_they_are():
    prompts = np.array([[4, 0, 0], [0, 0, 3], [0, 1, 0], [0, 0, 9]], np.float32)
    means = mean_prompts(["lamp", "car", "lamp", "car"], prompts)
    assert means.classes == ["car", "lamp"]
    assert means.vectors.tolist() == [[0, 0, 1], [0.5, 0.5, 0]]
