"""The registry of embeddings of NeRFs."""

from pathlib import Path

import pipeline
import pytest

from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.embeddings.nerf_embeddings import NERF_EMBEDDINGS, baseline_folders
from fieldlink.evaluation.study_tables import study_table

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", NERF_EMBEDDINGS)
def test_every_embedding_has_its_stage_its_parameters_its_question_and_its_line_in_a_readme(name, params: Params):
    embedding = NERF_EMBEDDINGS[name]
    assert f"stages.{embedding.stage}" in {pipeline.module(stage) for stage in pipeline.stages().values()}
    section = params
    for key in embedding.parameters.split("."):
        section = getattr(section, key)
    key = embedding.parameters.split(".")[-1]
    lines = [line for line in (ROOT / "params.yaml").read_text().splitlines() if line.lstrip().startswith(f"{key}:")]
    assert any("# " in line for line in lines), "no comment in params.yaml"
    assert embedding.width(params) > 0
    question = study_table("baselines neighbours").question
    assert embedding.title in question
    assert name in question
    readmes = [ROOT / "README.md", ROOT / "pipelines" / "baselines" / "README.md"]
    assert any(name in readme.read_text() for readme in readmes)


def test_baselines_are_found_by_the_registry_in_its_order(tmp_path):
    for name in ("pca", "functa"):
        (tmp_path / name).mkdir()
    assert list(baseline_folders(tmp_path).items()) == [(name, tmp_path / name) for name in ("functa", "pca")]


def test_a_missing_embedding_is_an_error_that_names_its_stage(tmp_path):
    (tmp_path / "functa").mkdir()
    with pytest.raises(InputError, match=r"pca: missing; run baselines\.embed_weights"):
        baseline_folders(tmp_path)


def test_a_folder_that_the_registry_lacks_is_an_error_that_names_it(tmp_path):
    for name in ("pca", "functa", "mine"):
        (tmp_path / name).mkdir()
    with pytest.raises(InputError, match="mine: not in NERF_EMBEDDINGS of fieldlink/embeddings/nerf_embeddings"):
        baseline_folders(tmp_path)
