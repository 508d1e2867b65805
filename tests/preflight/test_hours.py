"""Hours of a study from what a few steps of it take."""

import time

import pytest
import torch
from preflight.small_study import SMALL
from syn2real import tiny_diffusion

from fieldlink.core.params import load
from fieldlink.nerf.object_work import OBJECTS_AT_ONCE
from fieldlink.preflight import hours, mapper_seconds, model_weights, rates, timing, training_hours
from fieldlink.preflight.hours import Counts
from fieldlink.preflight.rates import Rates
from fieldlink.preflight.timing import seconds_of_a_step

pytestmark = pytest.mark.thesis


def test_hours_are_counts_times_rates_over_workers(params_with):
    params = load(params_with({"runtime.workers": 2, "scenes.views": 10, "nf2vec.training.steps": 1800}))
    speed = Rates(views=3.6, fit=72.0, render=0.36, translate=0.9, nf2vec_step=2.0, view_bytes=100.0)
    counts = Counts(originals=500, train=250, validation=50, copies=2, photos=900)
    assert counts.objects == 1000
    assert hours.of_objects(params, speed, 50.0, counts) == {
        "backbone.prepare_scenes": pytest.approx(0.5),
        "backbone.fit_nerfs": pytest.approx(10),
        "backbone.render_nerfs": pytest.approx(0.25),
        "backbone.train_nf2vec": pytest.approx(1),
        "syn2real.translate_views": pytest.approx(300 * 7 * 0.9 / 2 / 3600),
        "backbone.embed_images": pytest.approx((15000 + 2100 + 900) / 50 / 2 / 3600),
    }


def test_a_small_step_of_nf2vec_is_timed_whole_and_of_a_large_one_a_part_on_a_cpu(params):
    small = params.nf2vec
    assert rates.reduced_step(small, "cpu") == (small, small.training.batch, 1.0)
    large = small.model_copy(update={"training": small.training.model_copy(update={"points": 80_000})})
    reduced = rates.reduced_step(large, "cpu")
    assert reduced.nf2vec.training.points * reduced.scale == 80_000
    assert reduced.nerfs < large.training.batch
    assert rates.reduced_step(large, "cuda") == (large, large.training.batch, 1.0)


def test_counts_follow_the_shares_of_the_splits(params_with):
    params = load(params_with({"scenes.split": {"train": 8, "validation": 1, "test": 1}}))
    assert Counts.of(params, 1000, 7) == Counts(originals=1000, train=800, validation=100, copies=2, photos=7)


def test_a_training_takes_its_steps_and_tasks_are_shared_by_workers(params, monkeypatch):
    monkeypatch.setattr(mapper_seconds, "seconds_of_a_step", lambda work, device: 3.6)
    monkeypatch.setattr(training_hours, "seconds_of_a_step", lambda work, device: 3.6)
    runtime = params.runtime.model_copy(update={"workers": 2})
    hours_of = training_hours.hours(params.model_copy(update={"runtime": runtime}), Counts(200, 100, 50, 2, 9), 16)
    epochs = params.mapper.epochs  # of 100 objects: one view each, or six, in batches of 64
    assert hours_of["zero_shot.train"] == pytest.approx(4 * 2 * epochs * 3.6 / 2 / 3600)  # 120 models in 4 parts
    assert hours_of["retrieval.train"] == pytest.approx(10 * epochs * 3.6 / 3600)  # one direction a worker
    assert hours_of["finetuning.train"] == pytest.approx(2 * 10 * epochs * 3.6 / 2 / 3600)
    assert hours_of["finetuning.finetune_nf2vec"] > 0


def test_the_fixed_cost_of_work_is_not_multiplied(monkeypatch):
    now = [0.0]

    def work(steps: int) -> None:
        now[0] += 1.0 + 0.25 * steps

    for clock in ("perf_counter", "process_time"):
        monkeypatch.setattr(time, clock, lambda: now[0])
    assert seconds_of_a_step(work, "cpu") == pytest.approx(0.25)
    monkeypatch.setattr(timing, "SLOW", 1.0)
    assert seconds_of_a_step(work, "cpu") == pytest.approx(0.75)  # all of the first two steps


def test_of_several_repetitions_the_one_counts_that_nothing_disturbed(monkeypatch):
    now, repetitions = [0.0], iter([0.05, 0.01, 0.04])

    def work() -> None:
        now[0] += next(repetitions)

    for clock in ("perf_counter", "process_time"):
        monkeypatch.setattr(time, clock, lambda: now[0])
    assert timing.timed(work, "cpu")[1] == pytest.approx(0.01)
    assert next(repetitions, None) is None


def test_steps_of_a_fraction_of_a_millisecond_are_measured_until_they_last(monkeypatch):
    now, measured = [0.0], list[int]()

    def work(steps: int) -> None:
        measured.append(steps)
        now[0] += 1.0 + 0.001 * steps

    for clock in ("perf_counter", "process_time"):
        monkeypatch.setattr(time, clock, lambda: now[0])
    assert seconds_of_a_step(work, "cpu") == pytest.approx(0.001)
    assert max(measured) == 2 + timing.MOST_STEPS


def test_as_many_objects_are_fitted_at_once_as_by_the_stage(params, monkeypatch):
    counts = list[int]()
    monkeypatch.setattr(rates, "optimise", lambda objects, start, nerf, seeds: counts.append(len(objects)))
    monkeypatch.setattr(rates, "objects_at_once", lambda nerf, device: 1000)
    on_cpu = params.model_copy(update={"runtime": params.runtime.model_copy(update={"device": "cpu"})})
    rates.measure_rates(on_cpu, None)
    assert set(counts) == {OBJECTS_AT_ONCE}
    monkeypatch.setattr(rates, "objects_at_once", lambda nerf, device: 3)
    assert rates.objects_of_a_fit(params.nerf, "cpu") == 3


def test_a_view_is_timed_among_several_unless_it_is_slow(monkeypatch):
    now = [0.0]

    def render(per_view: float, count: int) -> None:
        now[0] += 0.5 + per_view * count

    for clock in ("perf_counter", "process_time"):
        monkeypatch.setattr(time, clock, lambda: now[0])
    views = rates.VIEWS_AT_ONCE
    assert rates._seconds_of_a_view(lambda count: render(0.1, count), "cpu") == pytest.approx(0.1 + 0.5 / views)
    assert rates._seconds_of_a_view(lambda count: render(9.0, count), "cpu") == pytest.approx(9.5)


def test_trainings_are_timed_by_one_thread_and_last_as_by_all(params, monkeypatch):
    threads = torch.get_num_threads()
    seen = set[int]()

    def second(work: object, device: str) -> float:
        seen.add(torch.get_num_threads())
        return 1.0

    monkeypatch.setattr(mapper_seconds, "seconds_of_a_step", second)
    monkeypatch.setattr(training_hours, "seconds_of_a_step", second)
    hours_of = training_hours.hours(params, Counts(200, 100, 50, 2, 9), 16)
    assert seen == {1}
    assert torch.get_num_threads() == threads
    share = timing.SERIAL + (1 - timing.SERIAL) / threads
    assert hours_of["backbone.provide_clip"] == pytest.approx(params.clip.training.steps * share / 3600)
    assert timing.by_all_threads(1.0, "cuda") == 1


def test_a_diffusion_s_views_are_timed_in_few_steps_and_scaled_up(params_with, tmp_path):
    tiny_diffusion.save(tmp_path)
    control = {"model": str(tmp_path / "model"), "controlnet": str(tmp_path / "controlnet"), "precision": "float32"}
    small = {f"syn2real.controlnet.{key}": value for key, value in {**control, "size": 64}.items()}
    params = load(params_with(SMALL | small | {"syn2real.translator": "controlnet"}))
    (finding,), diffusion = model_weights.translator(params)
    assert (finding.state, diffusion is not None) == ("ok", True)
    assert (rates.measure_rates(params, diffusion).translate or 0) > 0


def test_pictures_a_second_are_those_of_the_encoder_that_is_there():
    class Slow:
        calls = 0

        def images(self, pictures, batch):
            self.calls += len(pictures)

        def texts(self, texts):
            raise AssertionError

    slow = Slow()
    assert model_weights.pictures_per_second(slow, 8, "cpu") > 0
    assert slow.calls == timing.REPETITIONS * model_weights.PICTURES + 1
