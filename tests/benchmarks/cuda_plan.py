"""Which fits bench_cuda measures, in the order of their value, and what it keeps of them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch

from benchmarks.cuda_fits import Budget, Fits, reached
from benchmarks.measuring import keep
from fieldlink.nerf.fitting import optimisation
from fieldlink.report.benchmarks import BenchmarkCurves

TARGET, PUBLISHED = 34.5, 14.87  # dB, and seconds a NeRF on a GPU that isn't named
OURS = [Budget(1000, 2048, 16), Budget(2000, 4096, 16), Budget(3000, 4096, 16), Budget(3000, 8192, 16)]
PLAIN = [Budget(1000, 4096, 32), Budget(2000, 4096, 32), Budget(3000, 4096, 64)]
LONGER = Budget(6000, 4096, 64)
PUBLISHED_AS = Budget(3000, 4096, 64)
ALONE, TOGETHER, PLAINLY = "ours, one at a time", "ours, 16 together", "baseline, one at a time"
FEW, MANY = 4, 16  # objects, the car first: of which both sides fit some; together
HELD = (4, 13, 22, 31)


def runs_of(fits: Fits, quick: bool) -> list[Callable[[], None]]:
    """What is measured, in the order of its value."""
    names = list(fits.objects)
    car, few, many = names[:1], names[: 1 if quick else FEW], names[:MANY]
    tiny = Budget(6, 64, 8)
    ours, plain, longer, whole = ([tiny], [tiny], tiny, tiny) if quick else (OURS, PLAIN, LONGER, PUBLISHED_AS)

    def at_once(line: str, chosen: list[str], budget: Budget, **changes: Any) -> Callable[[], None]:
        return partial(fits.ours, line, chosen, budget, len(chosen), **changes)

    def both_ways(budget: Budget) -> list[Callable[[], None]]:
        return [at_once(TOGETHER, many, budget), partial(fits.ours, ALONE, few, budget, 1)]

    plainly = [partial(fits.baseline, PLAINLY, few, budget, 1e-2) for budget in plain]
    tuned = [partial(fits.baseline, f"baseline, rate {rate:g}", car, plain[:2][-1], rate) for rate in (5e-3, 2e-2)]
    compared = [*both_ways(ours[0]), plainly[-1]]
    return [
        *compared,
        at_once("ours, 4 views held out, 16 together", many, ours[0], held_out=HELD),
        *compared,
        *(work for budget in ours[1:3] for work in both_ways(budget)),
        partial(fits.ours, "ours, as published, the car alone", car, whole, 1),
        partial(in_tf32, at_once("ours, TF32, 16 together", many, ours[0])),
        at_once("ours, cosine, 16 together", many, ours[0], schedule="cosine"),
        at_once("ours, as published, 4 together", few, whole),
        *plainly[:-1],
        *compared,
        *tuned,
        partial(fits.baseline, "baseline, longer", car, longer, 1e-2),
        at_once(f"ours, all {len(names)}", names, ours[0]),
        *(work for budget in ours[3:] for work in both_ways(budget)),
    ]


def in_tf32(work: Callable[[], None]) -> None:
    """Products of float32 in the form that a GPU's matrix units take, 10 bits of mantissa."""
    torch.set_float32_matmul_precision("high")
    try:
        work()
    finally:
        torch.set_float32_matmul_precision("highest")


def warmed(fits: Fits, names: list[str], budget: Budget) -> list[str]:
    """Start what starts once; a remark if steps can't be captured as CUDA graphs here."""
    try:
        fits.ours("warm", names, budget, 1)
        remarks = []
    except RuntimeError as error:
        optimisation.GRAPH_POINTS = 0
        remarks = [f"Without CUDA graphs, which failed here: {str(error).partition(chr(10))[0]}"]
        print(*remarks, flush=True)
    fits.ours("warm", names, budget, 2)
    fits.baseline("warm", names, budget, 1e-2)
    del fits.runs["warm"]
    return remarks


def keep_fits(fits: Fits, about: str | None, remarks: Sequence[str]) -> None:
    """The JSON file of what is measured so far."""
    names = list(fits.objects)
    few, many = (list(next(iter(fits.runs[line].values()))[0].decibel) for line in (PLAINLY, TOGETHER))
    subjects = {
        "ours, the DISN car, one at a time": (ALONE, names[:1]),
        f"ours, {len(few) - 1} meshes, one at a time": (ALONE, few[1:]),
        f"ours, the DISN car among {len(many)} together": (TOGETHER, names[:1]),
        f"ours, {len(many) - 1} meshes among {len(many)} together": (TOGETHER, many[1:]),
        f"ours, all {len(many)} together": (TOGETHER, many),
        "baseline, the DISN car": (PLAINLY, names[:1]),
        f"baseline, {len(few) - 1} meshes": (PLAINLY, few[1:]),
    }
    also: dict[str, float] = {}
    sentences = [*remarks, f"Published: {PUBLISHED} s and 34.51 dB a NeRF, the GPU not named."]
    for subject, (line, chosen) in subjects.items():
        curve = fits.curve(line, chosen) if chosen else ([0.0], [0.0])
        if (when := reached(TARGET, curve)) is not None:
            also[f"{subject}: s to {TARGET} dB"] = when
        else:
            seconds = curve[0][int(np.argmax(curve[1]))]
            sentences.append(f"{subject}: {max(curve[1]):.2f} dB in {seconds:.3g} s at the most.")
    for line, budgets in fits.runs.items():
        for budget, runs in budgets.items():
            also[f"{line}, {budget.words}: s"] = float(np.median([run.seconds for run in runs]))
            also[f"{line}, {budget.words}: dB"] = runs[0].mean(list(runs[0].decibel))
    target = min(TARGET, max(fits.curve(PLAINLY, few)[1]), max(fits.curve(TOGETHER, few)[1]))
    rounds = range(max(len(runs) for line in (TOGETHER, PLAINLY) for runs in fits.runs[line].values()))
    seconds = {
        side: [seconds for turn in rounds if (seconds := reached(target, fits.curve(line, few, turn))) is not None]
        for side, line in (("baseline", PLAINLY), ("ours", TOGETHER))
    }
    keep(
        "cuda_fit_nerfs",
        f"< 1.5 s a NeRF at {TARGET} dB (published: {PUBLISHED} s)",
        about,
        unit="a NeRF",
        seconds=seconds,
        quality=({"dB, at least": target}, {"dB, at least": target}),
        sizes={"objects fitted together": len(many), "compared on": len(few), "views": 36, "pixels": 224},
        also=also,
        gpu=True,
        curves=[
            BenchmarkCurves(
                f"PSNR of {len(few)} objects by the seconds of a fit on a GPU",
                "seconds a NeRF",
                "dB, fitted views",
                {line: fits.curve(line, few) for line in (ALONE, TOGETHER, PLAINLY)},
            )
        ],
        remarks=sentences,
    )
