"""Measured times of a study: of its stages, of naming one NeRF, and of the benchmarks, from their JSON files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldlink.report.benchmarks import Benchmark
from fieldlink.report.speed import NamingSpeed
from fieldlink.report.text_files import read_json_files, read_record


@dataclass(frozen=True)
class StudyTimes:
    stages: Sequence[Mapping[str, Any]] = ()  # stage, out, seconds of the last run
    naming: NamingSpeed | None = None
    benchmarks: Sequence[Benchmark] = ()

    @staticmethod
    def read(*, stages: Path, naming: Path | None = None, benchmarks: Path | None = None) -> "StudyTimes":
        """Times from the folders `stages` and `benchmarks` and the file `naming`."""
        return StudyTimes(
            stages=[record for _, record in read_json_files(stages)],
            naming=read_record(naming, NamingSpeed) if naming else None,
            benchmarks=[read_record(path, Benchmark) for path, _ in read_json_files(benchmarks)],
        )
