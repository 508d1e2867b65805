"""params.yaml: every wrong key is an error that names it."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from fieldlink.core.errors import InputError
from fieldlink.core.params import load

ROOT = Path(__file__).parent.parent.parent


def changed(folder: Path, *keys: str, to: object) -> Path:
    """A copy of params.yaml in which the key at the path `keys` is replaced; `...` takes it out."""
    values = YAML(typ="safe").load((ROOT / "params.yaml").read_text())
    section = values
    for key in keys[:-1]:
        section = section[key]
    if to is ...:
        del section[keys[-1]]
    else:
        section[keys[-1]] = to
    path = folder / "params.yaml"
    with path.open("w") as file:
        YAML(typ="safe").dump(values, file)
    return path


@pytest.mark.parametrize(
    ("keys", "value", "words"),
    [
        (("nerf", "fitting", "step"), 3, "nerf.fitting.step: unknown key (did you mean 'steps'?)"),
        (("nerf", "fitting", "steps"), ..., "nerf.fitting.steps: missing"),
        (("nerf", "fitting", "steps"), "150", "nerf.fitting.steps: '150' given"),
        (("nerf", "fitting", "steps"), 0, "nerf.fitting.steps: 0 given"),
        (("nerf", "fitting", "steps"), True, "nerf.fitting.steps: True given"),
        (("scenes", "source"), "mesh", "scenes.source: 'mesh' given; Input should be 'catalogue'"),
        (("classes", "chair", "synset"), 3001627, "classes.chair.synset: 3001627 given"),
        (("mapper", "seeds"), [], "mapper.seeds: [] given"),
        (("mapper", "seeds"), [1, 1], "mapper.seeds: [1, 1] given; each value once expected"),
    ],
)
def test_a_wrong_key_is_named_with_what_was_expected(tmp_path, keys, value, words):
    with pytest.raises(InputError) as caught:
        load(changed(tmp_path, *keys, to=value))
    assert words in str(caught.value)


def test_a_long_value_is_shown_by_its_beginning(tmp_path):
    with pytest.raises(InputError, match=r"mapper\.seeds: \[0, 1, 2, .*… given; .* at most 1000 items") as caught:
        load(changed(tmp_path, "mapper", "seeds", to=list(range(1_001))))
    assert len(str(caught.value)) < 1000


def test_a_missing_file_and_broken_yaml_are_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.yaml: cannot be read"):
        load(tmp_path / "nowhere.yaml")
    (tmp_path / "params.yaml").write_text("study: {seed: 0\n")
    with pytest.raises(InputError, match="not valid YAML"):
        load(tmp_path / "params.yaml")


def test_a_key_given_twice_is_an_error(tmp_path):
    (tmp_path / "params.yaml").write_text("study:\n  seed: 0\nstudy:\n  seed: 1\n")
    with pytest.raises(InputError, match="study"):
        load(tmp_path / "params.yaml")


def test_params_cannot_be_changed_after_loading(params):
    with pytest.raises(ValueError, match="frozen"):
        params.study.seed = 1


@pytest.mark.parametrize(
    ("keys", "value", "words"),
    [
        (
            ("retrieval", "losses"),
            ["siglip"],
            "cosine (embedding_spaces.clip2nerf), cosine (the original of finetuning)",
        ),
        (("retrieval", "losses"), ["cosine"], "siglip (embedding_spaces.nerf2clip)"),
    ],
)
def test_losses_that_other_studies_read_but_none_trains_are_named_with_both_parameters(tmp_path, keys, value, words):
    with pytest.raises(InputError) as caught:
        load(changed(tmp_path, *keys, to=value))
    assert str(caught.value) == f"{tmp_path}/params.yaml: retrieval.losses: {value} given; expected to hold {words} too"
