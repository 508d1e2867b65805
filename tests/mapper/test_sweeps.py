"""The trainings of Tables 4.9 and 4.10."""

import csv

import numpy as np
import pytest
from pipeline import ROOT

from fieldlink.core.params import Params
from fieldlink.mapper import batch_sweep
from fieldlink.mapper.mapper_tasks import MapperTask
from fieldlink.mapper.pairs import Pairs


def pairs(objects: int) -> Pairs:
    return Pairs(np.zeros((objects, 3)), np.zeros((1, objects * 36, 2)), np.arange(objects) * 36, np.full(objects, 36))


def sweep(params: Params, **changes: object) -> batch_sweep.BatchSweep:
    return batch_sweep.BatchSweep(pairs(52), params.augmented.model_copy(update=changes), params.mapper, 0, "cpu")


@pytest.fixture(scope="module")
def tasks(params: Params) -> list[MapperTask]:
    return sweep(params).tasks(pairs(468), pairs(156))


def test_every_published_row_that_the_objects_can_fill_is_trained(params: Params):
    """But the batch of all mappers, which repeats a row of Table 4.9."""
    with (ROOT / "reports" / "published" / "tables.csv").open() as file:
        published = {row["row"] for row in csv.DictReader(file) if row["table"] in ("4.9a", "4.10a")}
    tasks = sweep(params, equal_steps=(64,)).tasks(pairs(6000), pairs(2000))
    names = [model.variant for task in tasks for model in task.models if model.seed == 0]
    published.remove("nerf2clip siglip batch=64")
    assert set(names) == published | {f"{name} original" for name in published}
    assert len(names) == len(set(names))


def test_a_batch_that_the_objects_cannot_fill_is_trained_once(tasks: list[MapperTask]):
    by_set: dict[int, list[str]] = {}
    for task in tasks:
        by_set.setdefault(len(task.train.counts), []).append(task.models[0].variant)
    in_each = "clip2nerf cosine", "nerf2clip siglip", "nerf2clip siglip batch=128"
    assert by_set[468] == [
        *in_each,
        *(f"nerf2clip siglip batch={batch}" for batch in (256, 512)),
        *(f"nerf2clip siglip batch={batch} equal-steps" for batch in (128, 256, 512)),
    ]
    assert by_set[156] == [
        *(f"{row} original" for row in in_each),
        "nerf2clip siglip batch=256 original",
        *(f"nerf2clip siglip batch={batch} equal-steps original" for batch in (128, 256)),
    ]


def test_rows_of_equal_steps_take_as_many_as_the_mappers_own_batch_and_others_fewer(tasks: list[MapperTask]):
    steps_of_own_batch = {
        len(task.train.counts): task.all_steps for task in tasks if task.models[0].variant.startswith("clip2nerf")
    }
    for task in tasks:
        steps = steps_of_own_batch[len(task.train.counts)]
        if "batch" in task.models[0].variant:
            assert (task.all_steps == steps) == ("equal-steps" in task.models[0].variant)
            assert task.all_steps <= steps


def test_no_batch_holds_two_pairs_of_an_object_or_of_a_copy(tasks: list[MapperTask]):
    for task in tasks:
        order = task.sampler.order(1, 0)
        batches = [order.objects[start : start + order.batch] for start in range(0, len(order.objects), order.batch)]
        assert all(len(set(batch)) == len(batch) for batch in batches)
        assert order.batch == min(task.mapper.batch, len(task.train.counts))


@pytest.mark.parametrize("views", [1, 20, 36, 50])
def test_both_sets_give_as_many_pairs_an_epoch(params: Params, views: int):
    """Where the originals have too few views for that, each comes more than once."""
    tasks = sweep(params, views_per_epoch=views, batches=(64, 512)).tasks(pairs(468), pairs(156))
    orders = [task.sampler.order(0, 0) for task in tasks]
    assert {len(order.objects) for order in orders} == {468 * min(views, 36)}


def test_batches_of_several_pairs_of_an_object_are_limited_by_the_pairs_alone(params: Params):
    mapper = params.mapper.model_copy(update={"object_pairs": "several"})
    augmented = params.augmented.model_copy(update={"views_per_epoch": 6})  # 2,808 pairs
    tasks = batch_sweep.BatchSweep(pairs(52), augmented, mapper, 0, "cpu").tasks(pairs(468), pairs(156))
    used = {task.models[0].variant: task.sampler.batch for task in tasks if "batch" in task.models[0].variant}
    for variant, batch in used.items():
        asked = int(variant.split("batch=")[1].split()[0])
        assert batch == asked, variant
