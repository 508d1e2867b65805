"""Model folders: round trips and damaged files."""

import numpy as np
import pytest

from fieldlink.core import saved_models
from fieldlink.core.errors import InputError


@pytest.mark.parametrize("damage", [b"", b'{"width": 3, "sha', bytes(40), b"\xff\xfe"])
def test_a_models_damaged_description_is_named(damage, tmp_path):
    saved_models.write_model(tmp_path / "model", {"a": np.arange(3.0)}, {"width": 3})
    (tmp_path / "model/config.json").write_bytes(damage)
    with pytest.raises(InputError, match=r"model/config\.json: not valid JSON"):
        saved_models.read_model(tmp_path / "model")


def test_a_model_comes_back_and_changed_weights_are_found(tmp_path):
    saved_models.write_model(tmp_path / "model", {"a": np.arange(3.0)}, {"width": 3})
    tensors, config = saved_models.read_model(tmp_path / "model")
    np.testing.assert_array_equal(tensors["a"], [0, 1, 2])
    assert config == {"width": 3}
    path = tmp_path / "model" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    with pytest.raises(InputError, match="differ from the sha256"):
        saved_models.read_model(tmp_path / "model")
    with pytest.raises(InputError, match=r"expected model\.safetensors"):
        saved_models.read_model(tmp_path / "nowhere")
