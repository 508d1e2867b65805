"""Measured times of a study: of its stages, of naming one NeRF, and of the benchmarks, from their JSON files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldlink.report.benchmarks import Benchmark
from fieldlink.report.speed import NamingSpeed
from fieldlink.report.text_files import parse_json, read_json_files


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
            naming=NamingSpeed(**parse_json(naming.read_text("utf-8"), naming)) if naming else None,
            benchmarks=[Benchmark(**values) for _, values in read_json_files(benchmarks)],
        )
