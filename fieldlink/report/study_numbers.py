"""The numbers of a study: results of its tables, published results, metrics and tested claims, from their files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.report.claims_section import ReportedClaim, read_claims
from fieldlink.report.table_results import TableResult, read_published, read_results, read_seed_ranges
from fieldlink.report.text_files import read_json_files, read_texts


@dataclass(frozen=True)
class StudyNumbers:
    results: Sequence[TableResult] = ()
    published: Sequence[TableResult] = ()
    seed_ranges: Mapping[CellKey, tuple[float, float]] = field(default_factory=dict)  # over training seeds
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by file
    claims: Sequence[ReportedClaim] = ()
    protocol: str = ""  # text of docs/protocol.md

    @staticmethod
    def read(
        *,
        tables: Path,
        metrics: Path,
        published: Path,
        by_seed: Path | None = None,
        claims: Path | None = None,
        protocol: Path | None = None,
    ) -> "StudyNumbers":
        """Numbers from the CSV files of folders `tables` and `by_seed`, the JSON files of `metrics`, and two CSV files.

        `claims` may stand in `tables` and may be missing.
        """
        return StudyNumbers(
            results=[
                result
                for path, text in read_texts(tables, "*.csv")
                if path != claims
                for result in read_results(text, str(path))
            ],
            published=read_published(published.read_text("utf-8"), str(published)),
            seed_ranges={
                key: bounds
                for path, text in read_texts(by_seed, "*.csv")
                for key, bounds in read_seed_ranges(text, str(path)).items()
            },
            metrics={path.stem: values for path, values in read_json_files(metrics)},
            claims=read_claims(claims.read_text("utf-8"), str(claims)) if claims and claims.is_file() else (),
            protocol=protocol.read_text("utf-8") if protocol and protocol.is_file() else "",
        )
