"""The trainings of Tables 4.9 and 4.10."""

import csv

import numpy as np
import pytest
from pipeline import ROOT

from fieldlink.core.params import Params
from fieldlink.mapper import batch_sweep
from fieldlink.mapper.mapper_tasks import MapperTask
from fieldlink.mapper.pair_batches import Sampler
from fieldlink.mapper.pairs import Pairs


def pairs(objects: int) -> Pairs:
    return Pairs(np.zeros((objects, 3)), np.zeros((1, objects * 36, 2)), np.arange(objects) * 36, np.full(objects, 36))


@pytest.fixture(scope="module")
def tasks(params: Params) -> list[MapperTask]:
    return batch_sweep.tasks(pairs(468), pairs(156), pairs(52), params.augmented, params.mapper, 0, "cpu")


def test_every_published_row_but_the_repeated_one_is_trained_and_has_its_mirror_on_originals(tasks: list[MapperTask]):
    with (ROOT / "reports" / "published" / "tables.csv").open() as file:
        published = {row["row"] for row in csv.DictReader(file) if row["table"] in ("4.9a", "4.10a")}
    published.remove("nerf2clip siglip batch=64")  # the batch of all mappers
    names = [model.variant for task in tasks for model in task.models if model.seed == 0]
    assert set(names) == published | {f"{name} original" for name in published}
    assert len(names) == len(set(names))
    assert {len(task.train.counts) for task in tasks if task.models[0].variant in published} == {468}


def test_no_batch_holds_two_pairs_of_an_object_or_of_a_copy(tasks: list[MapperTask]):
    for task in tasks:
        sampler = Sampler.of(task.train.counts, task.mapper, task.epoch_multiple)
        order = sampler.order(1, 0)
        batches = [order.objects[start : start + order.batch] for start in range(0, len(order.objects), order.batch)]
        assert all(len(set(batch)) == len(batch) for batch in batches)
        assert order.batch == min(task.mapper.batch, len(task.train.counts))


@pytest.mark.parametrize("views", [1, 20, 36, 50])
def test_both_sets_give_as_many_pairs_an_epoch(params: Params, views: int):
    """Where the originals have too few views for that, each comes more than once."""
    sweep = params.augmented.model_copy(update={"views_per_epoch": views, "batches": (64, 512)})
    tasks = batch_sweep.tasks(pairs(468), pairs(156), pairs(52), sweep, params.mapper, 0, "cpu")
    orders = [Sampler.of(task.train.counts, task.mapper, task.epoch_multiple).order(0, 0) for task in tasks]
    assert {len(order.objects) for order in orders} == {468 * min(views, 36)}
