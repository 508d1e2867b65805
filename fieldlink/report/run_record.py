"""Versions of packages and times of stages."""

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PACKAGES = ("torch", "open_clip_torch", "nerfacc", "dvc", "numpy", "pyarrow")


def versions() -> dict[str, str]:
    """Python and the packages that decide numbers."""
    return {"python": platform.python_version(), **{package: _version(package) for package in PACKAGES}}


def stage_times(times: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Stages with their seconds, the longest first, and their sum."""
    rows = sorted(times, key=lambda row: -row["seconds"])
    seconds = [(f"{row['stage']} → {row['out']}" if row["out"] else row["stage"], row["seconds"]) for row in rows]
    total = [("all", sum(number for _, number in seconds))] if seconds else []
    return [(name, f"{number:,.1f} s") for name, number in [*seconds, *total]]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
