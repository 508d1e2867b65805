"""manifest.csv of a mesh folder: which axis points up in a mesh file's own coordinates.

Its columns are path, below the folder, and up, y or z. Others are ignored. Cells may be separated by commas, semicolons
or tabs, and names of columns and axes written in any case.
"""

import csv
import io
import posixpath
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.foreign_texts import cell_separator, read_text
from fieldlink.scenes.importers.mesh_files.companions import composed

MANIFEST = "manifest.csv"
COLUMNS = ("path", "up")


def ups(folder: Path) -> dict[str, str]:
    """Up axis by `key` of a path; empty without a manifest. Raises `InputError` for a manifest of another form."""
    manifest = folder / MANIFEST
    text = read_text(manifest, "a CSV file with the columns path and up").strip() if manifest.is_file() else ""
    if not text:
        return {}
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=cell_separator(text))
        names, *rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise InputError(f"{manifest}: expected a CSV file with the columns path and up ({error})") from error
    columns = {name.strip().lower(): index for index, name in enumerate(names[1])}
    if absent := [name for name in COLUMNS if name not in columns]:
        raise InputError(
            f"{manifest}: no column {' and no '.join(absent)}, expected path and up; is it of another kind?"
        )
    axes: dict[str, str] = {}
    for line, row in rows:
        path, up = (row[columns[name]].strip() if columns[name] < len(row) else "" for name in COLUMNS)
        if up.lower() not in ("y", "z"):
            raise InputError(f"{manifest}: line {line}: up is '{up}', expected y or z")
        if axes.setdefault(key(path), up.lower()) != up.lower():
            raise InputError(f"{manifest}: line {line}: {path} has another axis above, expected one")
    return axes


def key(path: str) -> str:
    """A path in the one form that all ways to write it have: with slashes, without dots, its accents not apart."""
    return composed(posixpath.normpath(path.replace("\\", "/")))
