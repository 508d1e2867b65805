"""What bench_cuda measures of fits: seconds a NeRF and every object's PSNR, ours and the baseline's, by budget."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import torch

from benchmarks import plain_nerf
from fieldlink.core.devices import timed_run
from fieldlink.core.params import NerfParams
from fieldlink.nerf.fitting.batch_fitting import fit_batch
from fieldlink.nerf.fitting.optimisation import MEASURED_VIEWS, Fit
from fieldlink.scenes.views import Views

Curve = tuple[list[float], list[float]]  # seconds a NeRF, dB


class Budget(NamedTuple):
    steps: int
    rays: int
    samples: int

    @property
    def words(self) -> str:
        return f"{self.steps} steps of {self.rays} x {self.samples}"


@dataclass(frozen=True)
class Run:
    """Some objects fitted in one way."""

    seconds: float  # a NeRF
    decibel: Mapping[str, float]  # by object

    def mean(self, names: Sequence[str]) -> float:
        return float(np.mean([self.decibel[name] for name in names]))


def finished(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds until the GPU is done, if there is one, and what came of it."""
    return timed_run(work, "cuda" if torch.cuda.is_available() else "cpu")


@dataclass
class Fits:
    """Objects, what both sides know of them, and all runs by line (who, and how many at once) and budget."""

    objects: Mapping[str, Views]
    start: np.ndarray
    nerf_params: NerfParams
    device: str
    runs: dict[str, dict[Budget, list[Run]]] = field(default_factory=dict)
    last: dict[str, Fit] = field(default_factory=dict)

    def ours(self, line: str, names: Sequence[str], budget: Budget, at_once: int, **changes: Any) -> None:
        """As fit_nerfs fits them, pictures decoded: hull, pixels, steps, occupancy and PSNR on all kinds of views."""
        nerf_params = self.nerf_params.model_copy(
            update={"fitting": self.nerf_params.fitting.model_copy(update=budget._asdict() | changes)}
        )
        groups = [names[first : first + at_once] for first in range(0, len(names), at_once)]
        seconds, fits = finished(lambda: [fit for group in groups for fit in self._fitted(group, nerf_params)])
        assert all(isinstance(fit, Fit) for fit in fits), fits
        self.last |= dict(zip(names, fits, strict=True))
        held = bool(nerf_params.fitting.held_out)
        quality = {name: fit.psnr_heldout if held else fit.psnr_train for name, fit in zip(names, fits, strict=True)}
        self._note(line, budget, Run(seconds / len(names), quality))

    def _fitted(self, group: Sequence[str], nerf_params: NerfParams) -> list[Any]:
        seeds = [list(self.objects).index(name) for name in group]  # the same alone and beside others
        return fit_batch([self.objects[name] for name in group], self.start, nerf_params, seeds, self.device)

    def baseline(self, line: str, names: Sequence[str], budget: Budget, rate: float) -> None:
        """One object after the other; measuring PSNR, on the views that ours is measured on, isn't counted."""
        settings, held = plain_nerf.Settings(*budget, learning_rate=rate), self.nerf_params.fitting.held_out
        seconds, quality = 0.0, {}
        for name in names:
            seen = self.objects[name]
            took, fitted = finished(
                lambda seen=seen: plain_nerf.fit(seen, self.nerf_params.field, settings, held, 0, self.device)
            )
            seconds += took
            shown = list(range(len(seen)))[:: -(-len(seen) // MEASURED_VIEWS)]
            quality[name] = plain_nerf.psnr(fitted, seen, shown, samples=2 * budget.samples)
        self._note(line, budget, Run(seconds / len(names), quality))

    def _note(self, line: str, budget: Budget, run: Run) -> None:
        self.runs.setdefault(line, {}).setdefault(budget, []).append(run)
        shown = f"{run.seconds:8.3f} s a NeRF  {run.mean(list(run.decibel)):6.2f} dB of {len(run.decibel)}"
        print(f"{line:44} {budget.words:28} {shown}", flush=True)

    def curve(self, line: str, names: Sequence[str], turn: int | None = None) -> Curve:
        """Of the budgets of a line: median seconds (or those of one turn), mean dB of `names` in the first."""
        pairs = sorted(
            (
                statistics.median(
                    [run.seconds for run in (runs if turn is None else [runs[min(turn, len(runs) - 1)]])]
                ),
                runs[0].mean(names),
            )
            for runs in self.runs.get(line, {}).values()
        )
        return [seconds for seconds, _ in pairs], [decibel for _, decibel in pairs]


def reached(target: float, curve: Curve) -> float | None:
    """When a curve comes to `target` dB: of the first budget that does, or between it and the best one before, log
    seconds being linear in dB."""
    before: tuple[float, float] | None = None
    for seconds, decibel in zip(*curve, strict=True):
        if decibel >= target:
            if before is None:
                return seconds
            share = (target - before[1]) / (decibel - before[1])
            return float(np.exp(np.log(before[0]) + share * np.log(seconds / before[0])))
        if before is None or decibel > before[1]:
            before = seconds, decibel
    return None


def within(seconds: float, works: Sequence[Callable[[], None]]) -> Iterator[int]:
    """One work after the other, the number of those done after each; none is begun after `seconds`."""
    started = time.monotonic()
    for done, work in enumerate(works, start=1):
        if time.monotonic() - started > seconds:
            print(f"{seconds:.0f} s are over: {len(works) - done + 1} runs left out", flush=True)
            return
        work()
        yield done
