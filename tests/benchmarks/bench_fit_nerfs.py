"""Fitting NeRFs: objects per second at equal quality, and quality against seconds.

The baseline is `plain_nerf`: one object at a time, nerfacc's dense rendering, uniform samples along each ray through
the bounding box, Adam. It has the project's field, its fast encoding and what is known of all objects (a box of unit
diagonal; rays that miss it are dropped), and its rays, samples, learning rate and background are those that reached
27 to 31 dB soonest on four of the objects (tried: 128 to 1,024 rays, 8 to 64 samples, rates 0.01 to 0.03, a black or a
random background). Its steps are what reaches our PSNR: seconds are interpolated between the budgets around it. The
better of one and of all threads counts. Ours is what fit_nerfs does with two workers: reading pictures, hull, fit and
occupancy, sixteen objects at once, and a share of the learned start. The baseline is timed on one object in four, as
each costs it the same, and on these both are judged. Measuring PSNR is counted on neither side.
"""

import math
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pytest
import torch

from benchmarks import limits, plain_nerf, scenes
from benchmarks.measuring import in_warm_workers, interleaved, keep
from fieldlink.core import datasets, schemas
from fieldlink.core.devices import timed_run
from fieldlink.core.params import NerfParams, Params
from fieldlink.core.resume import Rows
from fieldlink.nerf import object_work, weight_layout
from fieldlink.nerf.fitting import optimisation
from fieldlink.nerf.psnr import measure
from fieldlink.report.benchmarks import BenchmarkCurves
from fieldlink.scenes import views
from fieldlink.scenes.views import Views

pytestmark = pytest.mark.bench

STEPS = (300, 600, 1200)  # budgets of the baseline, around ours in quality
SHARED_BY = 13 * (48 + 2 * 24)  # objects of a default study and copies of its training objects, with one start
Budget = tuple[float, float]  # seconds an object, mean held-out PSNR


def rows_of(objects: dict[str, Views]) -> pa.Table:
    """Rows of dataset `views`, pictures encoded."""
    return datasets.table(schemas.VIEWS, views.joined([views.columns(name, seen) for name, seen in objects.items()]))


def fit_clocked(job: object_work.FittingTask) -> tuple[Rows, float]:
    """What fit_nerfs does with a chunk, and the seconds in it that measuring PSNR took."""
    spent = [0.0]

    def clocked_measure(*words):
        seconds, quality = timed_run(lambda: measure(*words))
        spent[0] += seconds
        return quality

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(optimisation, "measure", clocked_measure)
        return object_work.fit_objects(job), spent[0]


@dataclass(frozen=True)
class Subject:
    """The objects, and what both sides know of them."""

    rows: pa.Table
    start: np.ndarray
    nerf_params: NerfParams
    one_in: int = 1  # objects of which the baseline fits only the first

    @property
    def objects(self) -> dict[str, pa.Table]:
        return views.by_object(self.rows)

    @property
    def judged(self) -> dict[str, pa.Table]:
        return dict(list(self.objects.items())[:: self.one_in])

    def ours(self) -> Budget:
        """In two workers, with half of the objects each."""
        seconds, quality, measuring = self.ours_in_all()
        return seconds - measuring, quality

    def ours_in_all(self) -> tuple[float, float, float]:
        """Seconds an object with the measuring, PSNR, and the seconds of measuring."""
        parts = list(self.objects.values())
        halves = [pa.concat_tables(half) for half in (parts[::2], parts[1::2]) if half]
        todo = [object_work.FittingTask(half, self.start, self.nerf_params, 0, "cpu") for half in halves]
        warm = replace(todo[0], views=parts[0])
        seconds, results = in_warm_workers(fit_clocked, todo, warm, 2)
        assert not any(rows.rejected for rows, _ in results)
        psnr: dict[str, float] = {}
        for rows, _ in results:
            psnr |= zip(rows.columns["object_id"], rows.columns["psnr_heldout"], strict=True)
        quality = float(np.mean([psnr[name] for name in self.judged]))
        measuring = float(np.mean([spent for _, spent in results]))  # both workers at once
        return seconds / len(parts), quality, measuring / len(parts)

    def baseline(self, steps: int, threads: int) -> Budget:
        """One object after the other."""
        torch.set_num_threads(threads)
        settings, held, seconds, quality = plain_nerf.Settings(steps), self.nerf_params.fitting.held_out, 0.0, []
        for rows in self.judged.values():
            took, (seen, field) = timed_run(lambda rows=rows: self._plain(rows, settings))
            seconds += took
            quality.append(plain_nerf.psnr(field, seen, held))
        return seconds / len(quality), float(np.mean(quality))

    def _plain(self, rows: pa.Table, settings: plain_nerf.Settings) -> tuple[Views, plain_nerf.PlainNerf]:
        seen = views.of_rows(rows)
        return seen, plain_nerf.fit(seen, self.nerf_params.field, settings, self.nerf_params.fitting.held_out, seed=0)


def seconds_to(target: float, budgets: Sequence[Budget]) -> float:
    """When the baseline reaches `target` dB: log seconds are linear in dB between budgets, and a little beyond."""
    (before, low), (after, high) = budgets[:2] if target <= budgets[1][1] else budgets[-2:]
    share = min(max((target - low) / max(high - low, 1e-6), -1), 2)
    return math.exp(math.log(before) + share * (math.log(after) - math.log(before)))


def least_seconds(nerf_params: NerfParams, at_once: int = 16) -> float:
    """Seconds of an object's products, forward and backward, of as many objects at once as a worker has here."""
    fitting = nerf_params.fitting
    shapes = weight_layout.shapes(nerf_params.field)
    layers = [limits.Layer(at_once, fitting.rays * fitting.samples, inputs, outputs) for outputs, inputs in shapes]
    # a layer's output, its weights' gradient and its input's gradient, which the first layer doesn't need
    products = limits.seconds_of_products(layers, 3.0) - limits.seconds_of_products(layers[:1], 1.0)
    return fitting.steps * products / at_once


def test_fit_nerfs(start: tuple[float, np.ndarray], params: Params, quick: bool):
    subject = Subject(rows_of(scenes.of_catalogue(4 if quick else 32, params)), start[1], params.nerf, one_in=4)
    steps = (10, 20) if quick else STEPS
    subject.baseline(5, 1)
    both = sorted({1, os.cpu_count() or 1})
    ways = {f"{n} threads": lambda n=n: [subject.baseline(count, n) for count in steps] for n in both}
    rounds = interleaved({"ours": subject.ours_in_all, **ways}, 1 if quick else 3)
    target, share = rounds["ours"][0][1], start[0] / SHARED_BY
    ours = [seconds - measuring + share for seconds, _, measuring in rounds["ours"]]
    reached = {name: [seconds_to(target, budgets) for budgets in rounds[name]] for name in ways}
    best = min(reached, key=lambda name: statistics.median(reached[name]))
    keep(
        "fit_nerfs",
        ">= 12 x at equal held-out PSNR",
        __doc__,
        unit="an object",
        seconds={"baseline": reached[best], "ours": ours},
        quality=({"held-out dB": target}, {"held-out dB": target}),
        sizes={"objects": len(subject.objects), "views": params.scenes.views, "pixels": params.scenes.resolution},
        also={
            f"baseline, {steps[i]} steps, {name}: s": rounds[name][0][i][0] for i in range(len(steps)) for name in ways
        }
        | {f"baseline, {count} steps: dB": rounds[best][0][i][1] for i, count in enumerate(steps)}
        | {"ours, measuring PSNR: s": rounds["ours"][0][2], "learning the start: s": start[0]},
        remarks=[f"The baseline ran faster with {best}.", f"The start is shared by {SHARED_BY} objects."],
        limit=least_seconds(params.nerf),
    )


OURS, PLAIN = (30, 60, 120, 240, 480), (75, 150, 300, 600, 1200)


def test_fit_nerfs_quality(
    objects: dict[str, Views],
    start: tuple[float, np.ndarray],
    params: Params,
    request: pytest.FixtureRequest,
    quick: bool,
):
    count = 1 if quick else request.config.getoption("--objects")
    worlds = {"catalogue": dict(list(objects.items())[:count]), "meshes": scenes.of_meshes(count, params)}
    lines, sizes = {}, {}
    for world, seen in worlds.items():
        if seen:
            sizes[f"objects, {world}"] = len(seen)
            lines |= {f"{world}, {side}": line for side, line in curves(seen, start[1], params.nerf, quick).items()}
    keep(
        "fit_nerfs_quality",
        "both curves, five budgets",
        __doc__,
        seconds={},
        unit="an object",
        sizes=sizes,
        curves=[
            BenchmarkCurves("Held-out PSNR by the seconds of a fit", "seconds an object", "dB, whole frame", lines)
        ],
        remarks=[] if worlds["meshes"] else ["Skipped: there are no real meshes on this machine."],
    )


def curves(
    objects: dict[str, Views], start: np.ndarray, nerf_params: NerfParams, quick: bool
) -> dict[str, tuple[list, list]]:
    """Seconds an object and PSNR of both sides at five budgets, interleaved; the learned start is there already."""
    results: dict[str, list[Budget]] = {"ours": [], "baseline": []}
    for ours, plain in list(zip(OURS, PLAIN, strict=True))[: 2 if quick else None]:
        fitting = nerf_params.fitting.model_copy(update={"steps": ours, "gate": -100.0})
        subject = Subject(rows_of(objects), start, nerf_params.model_copy(update={"fitting": fitting}))
        results["ours"].append(subject.ours())
        results["baseline"].append(subject.baseline(plain, os.cpu_count() or 1))
    return {side: tuple(zip(*budgets, strict=True)) for side, budgets in results.items()}
