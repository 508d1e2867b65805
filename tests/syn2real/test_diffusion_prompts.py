"""The prompts in the repository: one phrase and four scenes a class, short enough for CLIP."""

from pathlib import Path

import pytest

from fieldlink.core.errors import InputError
from fieldlink.core.params import read_yaml
from fieldlink.syn2real.diffusion_prompts import DiffusionPrompts

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def prompts(params) -> DiffusionPrompts:
    return read_yaml(ROOT / params.syn2real.controlnet.prompts, DiffusionPrompts)


def test_every_class_has_a_phrase_and_four_scenes_of_its_own(prompts, params):
    assert list(prompts.classes) == list(params.classes)
    for class_prompts in prompts.classes.values():
        assert len(set(class_prompts.scenes)) == 4
    assert len({class_prompts.phrase for class_prompts in prompts.classes.values()}) == len(params.classes)


def test_no_prompt_is_cut_by_the_tokenizer_of_stable_diffusion(prompts):
    import open_clip

    tokens = open_clip.get_tokenizer("ViT-B-32")  # CLIP's, as Stable Diffusion's
    prompt_texts = {prompts.of(name, seed) for name in prompts.classes for seed in range(40)}
    assert len(prompt_texts) == 4 * 13
    for prompt in (*prompt_texts, prompts.negative):
        assert (tokens(prompt, context_length=200)[0] > 0).sum() <= 77


def test_a_prompt_is_phrase_scene_and_quality_and_a_function_of_its_seed(prompts):
    texts = [prompts.of("lamp", seed) for seed in (1, 1, 2, 3, 4, 5)]
    assert texts[0] == texts[1]
    class_prompts = prompts.classes["lamp"]
    assert set(texts) <= {f"{class_prompts.phrase}, {scene}, {prompts.quality}" for scene in class_prompts.scenes}
    assert len(set(texts)) > 1


def test_a_class_without_prompts_and_a_wrong_key_are_errors(prompts, tmp_path):
    with pytest.raises(InputError, match=r"mine\.yaml: no class \['kettle'\], expected a phrase and scenes"):
        prompts.check(["lamp", "kettle"], "mine.yaml")
    (tmp_path / "mine.yaml").write_text("quality: q\nnegatives: n\nclasses: {}\n")
    with pytest.raises(InputError, match=r"negatives: unknown key \(did you mean 'negative'\?\)"):
        read_yaml(tmp_path / "mine.yaml", DiffusionPrompts)
