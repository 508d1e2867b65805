"""The stages of Tables 4.11 and 4.12, on the made-up study with NeRFs of random weights."""

import json
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest
from evaluation.made_up import PUBLISHED, WITHOUT_NERF, Study
from result_rows import KEYS, rows

from fieldlink.core import datasets, saved_models
from fieldlink.core.errors import InputError
from fieldlink.core.params import FieldParams, Nf2vecParams
from fieldlink.core.schemas import ANSWERS, MAPPED_EMBEDDINGS, NERF_EMBEDDINGS, NERFS
from fieldlink.nerf.weight_layout import size
from fieldlink.nf2vec.model import Nf2vecModel
from stages.backbone.embed_nerfs import embed_nerfs
from stages.finetuning.apply import apply_finetuned_mappers
from stages.finetuning.apply_encoders import apply_encoders
from stages.finetuning.evaluate import evaluate_finetuning
from stages.finetuning.finetune_nf2vec import finetune_nf2vec
from stages.finetuning.train import train_finetuned_mappers


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory, nf2vec_params: Nf2vecParams, architecture: FieldParams) -> Study:
    """All stages as far as the study's table; nf2vec is untrained."""
    study = Study(tmp_path_factory.mktemp("finetuning"))
    study.change("finetuning", epochs=2, batch=4, mapping_batch=4)
    study.change("mapper", epochs=1)
    study.change("zero_shot", views=[1, 36], losses=["cosine"])
    study.change("retrieval", losses=["siglip", "cosine"])
    model = Nf2vecModel(nf2vec_params.model_copy(update={"embedding": 7}), architecture, seed=0)
    saved_models.write_model(study["nf2vec"], model.tensors, model.config)
    write_nerfs(study, architecture)
    embed_nerfs(study["fitted"], study["nf2vec"], study["nerfs"])
    study.run()
    finetuned(study, study["zero_shot_out"])
    common = {"objects": study["objects"], "gt_embeddings": study["gt"]}
    spaces = {"vectors": study["vectors/nerfs"], "params_file": study.params}
    train_finetuned_mappers(**common, **spaces, out=study["mappers"], curves=study["curves"])
    common["photo_embeddings"] = study["photo_embeddings"]
    apply_finetuned_mappers(**common, **spaces, mappers=study["mappers"], out=study["vectors/clip2nerf"])
    evaluate_finetuning(
        files=study.retrieval_files,
        prompts=study["prompts"],
        zero_shot_mappers=study["zero_shot_out"],
        original=study["retrieval_mapped"],
        tuned=study["vectors"],
        results=study.results("finetuning"),
        params_file=study.params,
    )
    return study


def write_nerfs(study: Study, architecture: FieldParams) -> None:
    ids = datasets.read(study["nerfs"], NERF_EMBEDDINGS)["object_id"].to_pylist()
    weights = np.random.default_rng(0).normal(size=(len(ids), size(architecture)))
    quality = {name: [25.0] * len(ids) for name in NERFS.columns if name.startswith("psnr")}
    columns = {"object_id": ids, "weights": weights, "occupancy": [b"\xff" * 8] * len(ids), **quality}
    datasets.write(study["fitted"], NERFS, [datasets.table(NERFS, columns)], "test")


def finetuned(study: Study, mappers: Path) -> None:
    common = {"objects": study["objects"], "nerfs": study["fitted"], "gt_embeddings": study["gt"]}
    finetune_nf2vec(
        **common,
        views=study["views"],
        nf2vec=study["nf2vec"],
        mappers=mappers,
        out=study["models"],
        curves=study["finetuning_curves"],
        params_file=study.params,
    )
    apply_encoders(
        **common,
        models=study["models"],
        out=study["vectors/nerfs"],
        mapped=study["vectors/nerf2clip"],
        metrics=study["finetuned_nf2vec.json"],
        params_file=study.params,
    )


def test_every_published_number_has_its_counterpart_and_ours_come_after(tuned: Study):
    published = [row for row in rows(PUBLISHED) if row["table"].startswith(("4.11", "4.12"))]
    records = rows(tuned["finetuning.csv"])
    wanted = [tuple(row[key] for key in KEYS) for row in published]
    assert [tuple(row[key] for key in KEYS) for row in records[: len(wanted)]] == wanted
    ours = {(row["table"], row["row"]) for row in records[len(wanted) :]}
    assert ours == {(table, f"nerf2clip {loss}") for table in ("4.11b", "4.11c") for loss in ("cosine", "siglip")}
    assert {row["seeds"] for row in records} == {"2"}


def test_the_best_original_says_its_number_of_views(tuned: Study):
    best = [row for row in rows(tuned["finetuning.csv"]) if row["row"].endswith("(original best views)")]
    assert [row["column"] for row in best] == ["prompt_3d_model", "prompt_photo"]
    assert all(row["setting"].startswith("views=") for row in best)


def test_rows_called_original_and_like_for_like_repeat_the_retrieval_study_and_no_other_row_does(tuned: Study):
    def prints(name: str) -> dict[tuple[str, str, str, int], str]:
        records = datasets.read(tuned[f"{name}_answers"], ANSWERS).filter(pc.field("split") == "test").to_pylist()
        return {(row["table"], row["row"], row["column"], row["seed"]): row["digest"] for row in records}

    before, after = prints("retrieval"), prints("finetuning")
    for (table, row, column, seed), print_ in after.items():
        if table == "4.11a":
            continue
        twin = (("4.4a" if table in ("4.11b", "4.12a") else "4.5a"), row.removesuffix(" (original)"), column, seed)
        assert (twin in before) == (not row.startswith("finetuned"))
        assert print_ == before[twin] if twin in before else print_ not in before.values()


def test_every_run_has_a_space_of_its_own_for_all_originals(tuned: Study):
    records = datasets.read(tuned["vectors/nerfs"], MAPPED_EMBEDDINGS).to_pylist()
    runs = {(row["variant"], row["seed"]) for row in records}
    assert len(runs) == 4 * 2
    assert len({json.dumps(row["embedding"]) for row in records}) == len(records)
    assert {row["owner_id"] for row in records} == {
        name
        for name in datasets.read(tuned["nerfs"], NERF_EMBEDDINGS)["object_id"].to_pylist()
        if not name.endswith("-a1")
    }
    assert WITHOUT_NERF not in {row["owner_id"] for row in records}


def test_a_fine_tuned_model_reads_as_any_other(tuned: Study):
    folder = tuned["models/finetuned_cosine_seed=1"]
    embed_nerfs(tuned["fitted"], folder / "nf2vec", tuned["again"])
    again = datasets.read(tuned["again"], NERF_EMBEDDINGS)
    vectors = {
        row["owner_id"]: row["embedding"]
        for row in datasets.read(tuned["vectors/nerfs"], MAPPED_EMBEDDINGS).to_pylist()
        if (row["variant"], row["seed"]) == ("finetuned cosine", 1)
    }
    for row in again.to_pylist():
        if row["object_id"] in vectors:
            assert row["embedding"] == pytest.approx(vectors[row["object_id"]], abs=1e-5)
    _, config = saved_models.read_model(folder / "nerf2clip")
    assert config["widths"] == [7, 10, 9, 8, 6]
    assert config["steps"] == 2 * 3  # 12 training objects in batches of 4, two epochs


def test_numbers_to_watch_are_there_for_every_objective(tuned: Study):
    health = json.loads(tuned["finetuned_nf2vec.json"].read_text())
    assert len(health) == 4
    assert all(0 <= entry["rank_1"] <= 100 and np.isfinite(entry["decoder_psnr"]) for entry in health.values())


def test_a_zero_shot_study_without_the_mapper_to_start_from_is_an_error_that_says_what_to_set(tuned: Study):
    tensors, config = saved_models.read_model(tuned["zero_shot_out"])
    models = [{**model, "variant": model["variant"].replace("views=N", "views=8")} for model in config["models"]]
    saved_models.write_model(tuned["few"], tensors, {**config, "models": models})
    with pytest.raises(InputError, match=r"few: no mapper 'nerf2clip gt views=N cosine'.*zero_shot\.views"):
        finetuned(tuned, tuned["few"])
