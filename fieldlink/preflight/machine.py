"""What the machine has, processors, GPU, memory, disk, against what the study needs."""

import os
import shutil
from pathlib import Path

import torch

from fieldlink.core.params import Params
from fieldlink.nerf import weight_layout
from fieldlink.preflight.findings import Finding

GB = 1e9
TIMES_STORED = 2  # finished work lies in .scratch and in the outputs, which DVC links into its cache
FLOAT = 4  # bytes


def device(params: Params) -> Finding:
    """The device that `runtime.device` names."""
    cores = f"{os.cpu_count()} cores"
    if params.runtime.device == "cpu":
        return Finding("device", "ok", f"cpu, {cores}, {params.runtime.workers} workers")
    if not torch.cuda.is_available():
        return Finding("device", "missing", "cuda: torch sees no GPU; set runtime.device to cpu, or mend its driver")
    size = torch.cuda.get_device_properties(0).total_memory / GB
    return Finding("device", "ok", f"{torch.cuda.get_device_name()}, {size:.0f} GB; {cores}")


def load() -> list[Finding]:
    """A note if other programs keep the processors busy: the hours don't count them."""
    cores, running = os.cpu_count() or 1, os.getloadavg()[0]
    if running < cores / 2:
        return []
    detail = f"busy: {running:.1f} programs run on {cores} cores; the hours below are those of a quiet machine"
    return [Finding("load", "note", detail)]


def disk(params: Params, objects: int, originals: int, width: int, view_bytes: float, mapper_bytes: float) -> Finding:
    """Free space of the working folder against the size of views, NeRFs, renders, embeddings and mappers.

    `width` is how many numbers a CLIP vector has. `view_bytes` are those of a view's PNG. `mapper_bytes` are those of
    all mappers' weights. The vectors that they map take about as much.
    """
    views = params.scenes.views
    pictures = (objects + originals) * views * view_bytes
    arrays = objects * (views * width * FLOAT + _nerf_bytes(params))
    outputs = pictures + arrays + mapper_bytes
    needed = (TIMES_STORED * outputs + arrays) / GB  # trainings map arrays from .scratch/arrays
    free = shutil.disk_usage(Path.cwd()).free / GB
    detail = f"about {needed:,.2f} GB needed, {free:,.1f} GB free in {Path.cwd()}"
    return Finding("disk", "ok" if free > needed else "missing", detail)


def memory(params: Params, objects: int, width: int) -> Finding:
    """Available memory against the larger of the two tables that a stage holds whole: NeRFs, embeddings of views."""
    largest = max(objects * _nerf_bytes(params), objects * params.scenes.views * width * FLOAT)
    needed = (2 * largest + 2 * GB) / GB  # a table as read and as an array; torch and all else
    free = _available_bytes() / GB
    detail = f"about {needed:,.1f} GB needed, {free:,.1f} GB available"
    return Finding("memory", "ok" if free > needed else "missing", detail)


def _nerf_bytes(params: Params) -> float:
    return weight_layout.size(params.nerf.field) * FLOAT + params.nerf.fitting.occupancy**3 / 8


def _available_bytes() -> float:
    for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("MemAvailable"):
            return float(line.split()[1]) * 1024
    return 0.0
