"""Every start that params.yaml may name has an entry in the registry."""

from typing import get_args

import numpy as np
import pytest

from fieldlink.core.errors import InputError
from fieldlink.core.params import StartParams, load
from fieldlink.nerf.fitting.meta_learning import random_start
from fieldlink.nerf.fitting.starts import STARTS, start_weights


def test_the_names_that_params_accept_are_those_of_the_registry():
    assert get_args(StartParams.model_fields["kind"].annotation) == tuple(STARTS)


def test_the_name_decides(params_with):
    params = load(params_with({"nerf.start.kind": "random"}))
    assert np.array_equal(start_weights(params), random_start(params.nerf, params.study.seed))


def test_a_name_without_an_entry_is_an_error_that_names_the_registry(params, monkeypatch):
    monkeypatch.delitem(STARTS, params.nerf.start.kind)
    with pytest.raises(InputError, match=r"nerf\.start\.kind: 'meta_learned' has no entry in .*starts\.py, expected"):
        start_weights(params)
