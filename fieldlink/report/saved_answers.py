"""Results per query of a commit or experiment, from DVC's cache on this machine. The one use of DVC in the library."""

import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from fieldlink.core.git import git_output
from fieldlink.core.schemas import ANSWERS
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.saved_results import SavedResults, by_cell
from fieldlink.report.stage_records import stage_records

LOCKS = ("dvc.lock", "pipelines")  # where git keeps what DVC recorded


class SavedAnswers:
    """The datasets `answers` of a repository's commits, as far as its cache still has them."""

    def __init__(self, repository: Path):
        self.repository = repository

    def of(self, commit: str) -> dict[CellKey, SavedResults]:
        """What every study of the commit saved, by cell; without studies that the cache lacks."""
        listing = git_output(self.repository, "ls-tree", "-r", "--name-only", commit, "--", *LOCKS).split()
        locks = [
            git_output(self.repository, "show", f"{commit}:./{path}") for path in listing if path.endswith(".lock")
        ]
        outs = {path: md5 for lock in locks for record in stage_records(lock, "") for path, md5 in record.outs.items()}
        folders = [md5 for path, md5 in outs.items() if path.endswith("/answers")]
        return by_cell(table for md5 in folders for table in self._tables(md5)) if folders else {}

    @cached_property
    def _cache(self) -> Path | None:
        """DVC's folder of files by MD5; None where there is no DVC repository."""
        from dvc.exceptions import NotDvcRepoError
        from dvc.repo import Repo

        try:
            return Path(Repo(str(self.repository)).cache.local.path)
        except NotDvcRepoError:
            return None

    def _tables(self, md5: str) -> Iterator[pa.Table]:
        """The rows of one dataset, in one table; none where a file of it is missing."""
        listing = self._file(md5)
        entries = json.loads(listing.read_text("utf-8")) if listing else []
        files = [self._file(entry["md5"]) for entry in entries]
        present = [file for file in files if file]
        if present and len(present) == len(files):
            yield pa.concat_tables([_rows(file) for file in present])

    def _file(self, md5: str) -> Path | None:
        path = self._cache / md5[:2] / md5[2:] if self._cache else None
        return path if path and path.is_file() else None


def _rows(path: Path) -> pa.Table:
    """One shard, with nulls for columns that earlier versions lack."""
    rows = pq.ParquetFile(path).read()  # not pq.read_table, which would take the file's own name for a partition
    for name in ANSWERS.optional:
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.nulls(len(rows), ANSWERS.columns[name]))
    return rows
