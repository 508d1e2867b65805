"""Results per query of a commit or experiment, from DVC's cache on this machine."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from fieldlink.core.git import git_output
from fieldlink.core.schemas import ANSWERS
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.saved_results import SavedResults, by_cell
from fieldlink.report.stage_records import stage_records

LOCKS = ("dvc.lock", "pipelines")  # where git keeps what DVC recorded


class CachedResults:
    """The datasets `answers` of a repository's commits, as far as DVC's cache still has them."""

    def __init__(self, repository: Path, cache: Path | None):
        """`cache`: DVC's folder of files by MD5. With None there are no results."""
        self.repository, self.cache = repository, cache

    def of(self, commit: str, split: str) -> dict[CellKey, SavedResults]:
        """The results of every study of the commit on a split, by cell. Studies that the cache lacks are left out."""
        listing = git_output(self.repository, "ls-tree", "-r", "--name-only", commit, "--", *LOCKS).split()
        locks = [
            git_output(self.repository, "show", f"{commit}:./{path}") for path in listing if path.endswith(".lock")
        ]
        outs = {path: md5 for lock in locks for record in stage_records(lock, "") for path, md5 in record.outs.items()}
        folders = [md5 for path, md5 in outs.items() if path.endswith("/answers")]
        return by_cell((table for md5 in folders for table in self._tables(md5)), split) if folders else {}

    def _tables(self, md5: str) -> Iterator[pa.Table]:
        """The rows of one dataset, in one table. There are none where a file of it is missing, or of an old schema."""
        listing = self._file(md5)
        entries = json.loads(listing.read_text("utf-8")) if listing else []
        files = [self._file(entry["md5"]) for entry in entries]
        present = [file for file in files if file]
        if present and len(present) == len(files):
            rows = [_rows(file) for file in present]
            if all(ANSWERS.columns.keys() <= {*shard.column_names} for shard in rows):
                yield pa.concat_tables(rows)

    def _file(self, md5: str) -> Path | None:
        path = self.cache / md5[:2] / md5[2:] if self.cache else None
        return path if path and path.is_file() else None


def _rows(path: Path) -> pa.Table:
    """One shard, with nulls for columns that earlier versions lack."""
    rows = pq.ParquetFile(path).read()  # not pq.read_table, which would take the file's own name for a partition
    for name in ANSWERS.optional:
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.nulls(len(rows), ANSWERS.columns[name]))
    return rows
