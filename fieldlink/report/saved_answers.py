"""Results per query of a commit or experiment, from DVC's cache. The one use of DVC in the library."""

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from fieldlink.core.schemas import ANSWERS
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.saved_results import SavedResults, by_cell

ANSWERS_FILES = "data/*/answers/*.parquet"


def saved_answers(repository: Path, commit: str) -> dict[CellKey, SavedResults]:
    """What every study of the commit saved; without what this machine's cache lacks."""
    from dvc.api import DVCFileSystem
    from dvc.exceptions import DvcException

    tables = []
    try:
        files = DVCFileSystem(str(repository), rev=commit)
        for path in sorted(files.glob(ANSWERS_FILES)):
            try:
                tables.append(_table(files.cat_file(path)))
            except (OSError, pa.ArrowException):
                continue
        return by_cell(tables)
    except (DvcException, KeyError):
        return {}


def _table(content: bytes) -> pa.Table:
    """One shard, with nulls for columns that earlier versions lack."""
    rows = pq.read_table(io.BytesIO(content))
    for name, kind in ANSWERS.columns.items():
        if name in ANSWERS.optional and name not in rows.column_names:
            rows = rows.append_column(name, pa.nulls(len(rows), kind if isinstance(kind, pa.DataType) else None))
    return rows
