"""Fine-tuning runs on a few small NeRFs."""

import copy
from dataclasses import replace

import numpy as np
import pytest
from torch import nn

from fieldlink.core.devices import has_bfloat16_products
from fieldlink.core.params import FieldParams, Nf2vecParams, Objective, Params
from fieldlink.finetuning.finetune import finetune
from fieldlink.finetuning.finetuned_embedding import embed_nerfs
from fieldlink.finetuning.finetuning_tasks import (
    EmbeddingTask,
    FinetunedVectors,
    FinetuningResult,
    FinetuningTask,
    NerfExamples,
    SavedNf2vec,
)
from fieldlink.finetuning.objectives import OBJECTIVES
from fieldlink.mapper.mapper_folders import config
from fieldlink.mapper.mlps import Mappers
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nf2vec.model import Nf2vecModel, embed

SMALL = {"epochs": 3, "batch": 3, "mapping_batch": 3, "learning_rate": 1e-3, "mapper_learning_rate": 1e-2}


@pytest.fixture(scope="module")
def task(params: Params, nf2vec_params: Nf2vecParams, architecture: FieldParams, nerfs: NerfBatch) -> FinetuningTask:
    model = Nf2vecModel(nf2vec_params, architecture, seed=1)
    clip = np.random.default_rng(0).normal(size=(7, 6)).astype(np.float32)
    weights, occupancy = nerfs.weights.numpy(), [bytes(row) for row in nerfs.occupancy.numpy()]
    training, validation = (
        NerfExamples(weights[part], occupancy[part], clip[part]) for part in (slice(5), slice(5, 7))
    )
    nf2vec, mapper = SavedNf2vec(model.tensors, model.config), Mappers([nf2vec_params.embedding, 9, 6], [0]).tensors()
    finetuning = params.finetuning.model_copy(update=SMALL)
    return FinetuningTask("cosine", 0, nf2vec, mapper, training, validation, finetuning, study_seed=0)


def embedded(run: FinetuningResult, task: FinetuningTask, weights: np.ndarray) -> FinetunedVectors:
    """What the models of a run give for NeRFs."""
    decoded = task.validation
    return embed_nerfs(EmbeddingTask(run.nf2vec, run.mapper.tensors, weights, decoded.weights, decoded.occupancy, 0))


def every_nerf(task: FinetuningTask) -> np.ndarray:
    """Weights of the NeRFs of both splits."""
    return np.concatenate([task.train.weights, task.validation.weights])


def moved(run: FinetuningResult, task: FinetuningTask, part: str) -> bool:
    """Whether any number of the encoder or of the decoder differs from the start."""
    before, after = task.nf2vec.tensors, run.nf2vec.tensors
    return any((after[name] != value).any() for name, value in before.items() if name.startswith(part))


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_encoder_moves_and_a_decoder_that_is_frozen_or_not_asked_stays_bit_identical(
    task: FinetuningTask, objective: Objective
):
    run = finetune(replace(task, objective=objective))
    assert moved(run, task, "encoder")
    assert moved(run, task, "decoder") == (objective == "cosine+rec decoder_unfrozen")
    assert np.abs(run.mapper.tensors["weights.0"] - task.mapper["weights.0"]).max() > 0


def test_the_encoder_learns_in_nf2vecs_precision(task: FinetuningTask):
    def encoder(precision: str) -> np.ndarray:
        config = copy.deepcopy(task.nf2vec.config)
        config["nf2vec"]["training"]["precision"] = precision
        run = finetune(replace(task, nf2vec=SavedNf2vec(task.nf2vec.tensors, config)))
        values = [value.ravel() for name, value in run.nf2vec.tensors.items() if name.startswith("encoder")]
        return np.concatenate(values).astype(np.float64)

    exact, rounded = encoder("float32"), encoder("bfloat16")
    assert (exact != rounded).any() == has_bfloat16_products()
    assert np.allclose(exact, rounded, atol=0.02)  # of six steps at a rate of 0.001


def test_without_a_learning_rate_an_encoder_gives_the_original_embeddings(task: FinetuningTask):
    still = task.finetuning.model_copy(
        update={"learning_rate": 0.0, "mapper_learning_rate": 0.0, "batch_norm": "frozen"}
    )
    run = finetune(replace(task, finetuning=still, objective="cosine+rec decoder_unfrozen"))
    weights = every_nerf(task)
    start = Nf2vecModel.of(task.nf2vec.tensors, task.nf2vec.config)
    assert (embedded(run, task, weights).embeddings == embed(start, weights)).all()
    assert not moved(run, task, "")


def test_trained_batch_norm_follows_the_batches_and_nothing_else_moves_without_a_learning_rate(task: FinetuningTask):
    still = task.finetuning.model_copy(update={"learning_rate": 0.0, "mapper_learning_rate": 0.0})
    before, after = task.nf2vec.tensors, finetune(replace(task, finetuning=still)).nf2vec.tensors
    changed = {name for name, value in before.items() if (after[name] != value).any()}
    assert changed
    assert all("running_" in name or "num_batches" in name for name in changed)


def test_what_is_exported_is_the_model_kept_at_its_lowest_validation_loss(task: FinetuningTask):
    run = finetune(replace(task, finetuning=task.finetuning.model_copy(update={"epochs": 6, "learning_rate": 0.02})))
    history, weights = run.mapper.history, every_nerf(task)
    best = history.validation_loss[:, 0].argmin()
    lowest = history.validation_loss[best, 0]
    assert history.best_step.tolist() == [history.check_steps[best]]
    vectors = embedded(run, task, weights)
    assert (vectors.embeddings == embed(Nf2vecModel.of(run.nf2vec.tensors, run.nf2vec.config), weights)).all()
    mapped = vectors.mapped[5:] / np.linalg.norm(vectors.mapped[5:], axis=1, keepdims=True)
    targets = task.validation.clip / np.linalg.norm(task.validation.clip, axis=1, keepdims=True)
    assert 1 - (mapped * targets).sum(1).mean() == pytest.approx(lowest, abs=1e-5)


def test_end_to_end_training_learns_its_pairs_and_seeds_differ(task: FinetuningTask):
    learnt = finetune(
        replace(task, finetuning=task.finetuning.model_copy(update={"epochs": 30}), validation=task.train)
    )
    losses = learnt.mapper.history.validation_loss[:, 0]
    assert losses[-1] < 0.75 * losses[0]
    weights = every_nerf(task)
    first, other = (embedded(finetune(replace(task, seed=seed)), task, weights) for seed in (0, 1))
    assert (first.embeddings != other.embeddings).any()


def test_a_run_that_diverges_is_an_error_that_names_it(task: FinetuningTask):
    broken = replace(task.validation, clip=task.validation.clip * np.float32(np.nan))
    with pytest.raises(FloatingPointError, match="finetuned cosine seed=0"):
        finetune(replace(task, validation=broken))


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_batch_of_a_mapper_is_the_one_it_was_trained_in(task: FinetuningTask, objective: Objective):
    """Five NeRFs: a batch of 2 where they are reconstructed, of 4 elsewhere; and never more than there are."""
    finetuning_params = task.finetuning.model_copy(update={"epochs": 1, "batch": 2, "mapping_batch": 4})
    objective_task = replace(task, objective=objective, finetuning=finetuning_params)
    run = finetune(objective_task)
    assert config(run.mapper)["batch"] == (2 if OBJECTIVES[objective].reconstructs else 4)
    assert config(run.mapper)["steps"] == 5 // config(run.mapper)["batch"]
    many = replace(objective_task, finetuning=finetuning_params.model_copy(update={"batch": 9, "mapping_batch": 9}))
    assert config(finetune(many).mapper)["batch"] == 5


def test_a_contrastive_validation_loss_is_that_of_batches_as_training_has_them(task: FinetuningTask):
    """Of NeRFs that are all the same, in batches of 3: 6 of them have the loss of 3, the seventh that of one alone."""

    def validated(count: int) -> float:
        one, still = task.validation, {"learning_rate": 0.0, "mapper_learning_rate": 0.0, "epochs": 1}
        alike = NerfExamples(
            np.tile(one.weights[:1], (count, 1)), one.occupancy[:1] * count, np.tile(one.clip[:1], (count, 1))
        )
        finetuning_params = task.finetuning.model_copy(update={**still, "batch_norm": "frozen"})
        run = finetune(replace(task, objective="siglip", finetuning=finetuning_params, validation=alike))
        return run.mapper.history.validation_loss[-1, 0]

    alone, three = validated(1), validated(3)
    assert three > alone + 1e-4
    assert validated(6) == pytest.approx(three)
    assert validated(7) == pytest.approx((6 * three + alone) / 7)


def test_all_is_embedded_where_it_was_trained(task: FinetuningTask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(nn.Module, "cpu", lambda _: pytest.fail("taken off its device"))
    weights = every_nerf(task)
    assert embedded(finetune(task), task, weights).mapped.shape == (len(weights), 6)
