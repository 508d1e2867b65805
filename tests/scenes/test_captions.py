"""Captions are varied and true of their pictures."""

from fieldlink.scenes.catalogue.training_captions import GENERAL, MANNERS, caption


def caption_texts(params, domain: str) -> set[str]:
    captions = [caption("a gun", "a flat red gun", domain, params.prompts, seed) for seed in range(2000)]
    assert all(pair.subject in pair.text for pair in captions)
    return {pair.text for pair in captions}


def test_each_domain_has_fifteen_templates_and_the_study_prompt_that_is_true_of_it(params):
    for domain, prompt in {"plain": "A 3d model of a gun", "photo": "A photo of a gun"}.items():
        captions = caption_texts(params, domain)
        templates = {*GENERAL, *MANNERS[domain]}
        assert len(templates) >= 15
        assert prompt in captions
        assert len(captions) == 2 * (len(templates) + 1)  # each of the class and of its attributes
        assert all("gun" in text and "{" not in text for text in captions)
    assert "A photo of a gun" not in caption_texts(params, "plain")
    assert "A 3d model of a gun" not in caption_texts(params, "photo")
