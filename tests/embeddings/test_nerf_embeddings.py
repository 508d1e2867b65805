"""The registry of embeddings of NeRFs: a section of parameters, a file and a stage each."""

from pathlib import Path

import pipeline
import pyarrow as pa
import pytest
from parameters import commented_keys

from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.core.variants import NF2VEC
from fieldlink.embeddings import baselines
from fieldlink.embeddings.baselines import NERF_EMBEDDINGS, embed
from fieldlink.embeddings.nerf_embeddings import (
    BASELINES,
    SPACES,
    EmbeddingInputs,
    baseline_folders,
    section_of,
    space_folders,
    widths,
)
from fieldlink.report.labels import label

ROOT = Path(__file__).resolve().parents[2]


def test_every_file_of_a_baseline_has_its_section_and_every_section_its_file():
    files = Path(baselines.__file__).parent.glob("[!_]*.py")
    assert sorted(path.stem for path in files) == sorted(BASELINES)


@pytest.mark.parametrize("name", BASELINES)
def test_every_embedding_has_its_stage_its_parameters_its_label_and_its_line_in_a_readme(name, params: Params):
    stage = pipeline.stages()[f"pipelines/baselines/dvc.yaml:embed@{name}"]
    assert [out.def_path for out in stage.outs] == [f"data/baselines/embeddings/{name}"]
    section = section_of(params, name)
    assert type(section) is NERF_EMBEDDINGS[name].params
    assert NERF_EMBEDDINGS[name].title
    assert section.vector_width > 0
    keys = {f"baselines.embeddings.{name}.{key}" for key in type(section).model_fields}
    assert keys | {f"baselines.embeddings.{name}"} <= commented_keys()
    assert label(name) == f"{name}: {NERF_EMBEDDINGS[name].title}"
    assert f"`{name}`" in (ROOT / "pipelines" / "baselines" / "README.md").read_text()


def test_every_space_of_nerfs_has_its_folder_its_width_and_its_rows_in_a_readme(tmp_path, params: Params):
    for name in BASELINES:
        (tmp_path / name).mkdir()
    assert set(space_folders(tmp_path / NF2VEC, tmp_path)) == set(SPACES) == {NF2VEC, *BASELINES}
    assert len(widths(params)) == len(SPACES)
    readme = (ROOT / "pipelines" / "baselines" / "README.md").read_text()
    assert [space for space in SPACES if f"| baselines neighbours | {space} |" not in readme] == []


def test_nf2vec_has_a_width_beside_the_baselines(params: Params):
    assert widths(params) == [params.nf2vec.embedding, *(section_of(params, name).vector_width for name in BASELINES)]


def test_baselines_are_found_in_the_order_of_their_sections(tmp_path):
    for name in ("pca", "functa"):
        (tmp_path / name).mkdir()
    assert list(baseline_folders(tmp_path).items()) == [(name, tmp_path / name) for name in ("functa", "pca")]


def test_a_missing_embedding_is_an_error_that_names_its_stage(tmp_path):
    (tmp_path / "functa").mkdir()
    with pytest.raises(InputError, match=r"pca: missing; run dvc repro pipelines/baselines/dvc\.yaml:embed@pca"):
        baseline_folders(tmp_path)


def test_a_folder_without_a_section_is_an_error_that_names_it(tmp_path):
    for name in ("pca", "functa", "mine"):
        (tmp_path / name).mkdir()
    with pytest.raises(InputError, match=r"mine: params\.yaml has no section baselines\.embeddings\.mine"):
        baseline_folders(tmp_path)


def test_a_name_without_a_section_or_a_file_is_an_error_that_names_it(params: Params):
    with pytest.raises(InputError, match=r"baselines\.embeddings: no 'mine', expected one of functa, pca"):
        section_of(params, "mine")
    with pytest.raises(InputError, match="has no entry in fieldlink/embeddings/baselines, expected one of functa, pca"):
        embed("mine", EmbeddingInputs((), pa.table({}), params.nerf.field, 0, "cpu"), params.baselines.embeddings.pca)
