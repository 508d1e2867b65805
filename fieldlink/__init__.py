"""Connect neural radiance fields to images and text. `fieldlink.open` asks questions of a finished study."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldlink.search.finished_study import Study


def open(folder: str | Path = ".", collection: str | Path | None = None) -> "Study":
    """The finished study in a folder; its models and NeRFs are read when a question needs them.

    `collection`: a folder that `Study.add` wrote, to be searched in place of the study's own NeRFs. Raises `InputError`
    that names what is missing.
    """
    from fieldlink.search.finished_study import Study

    return Study(Path(folder), None if collection is None else Path(collection))
