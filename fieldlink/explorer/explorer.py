"""A study behind the explorer: its work in lanes, and the queries and replies of earlier requests."""

import tempfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request

from fieldlink.core.digests import bytes_digest
from fieldlink.core.errors import InputError
from fieldlink.explorer.bodies import MOST_AT_ONCE
from fieldlink.explorer.byte_cache import ByteCache
from fieldlink.explorer.lanes import Lane, Places

if TYPE_CHECKING:
    from fieldlink.search.answers import Query
    from fieldlink.search.finished_study import Study

Explain = Callable[[str, str, str, str], str]  # of table, row, column and metric
MOST_QUERIES = 256  # that are remembered, so that a search in another space encodes nothing again
CACHED_BYTES = 32 * 2**20  # of pictures and of pages


@dataclass(frozen=True)
class RememberedQuery:
    """A query, and the handle by which a later request names it."""

    handle: str
    query: "Query"


class Explorer:
    """The study, the lanes and the caches that all routes share.

    A study answers one question at a time, so that one thread asks all of them. Rendering and fitting change nothing in
    the study, so that other threads do them at the same time.
    """

    def __init__(self, study: "Study", explain: Explain | None = None) -> None:
        """`explain`: the text of what stands behind a number; None where no tables are at hand."""
        self.study, self.explain = study, explain
        self.questions = Lane("questions", threads=1, waiting=24, retry_after=1)  # so that none waits for seconds
        self.frames = Lane("views", threads=1, waiting=60, retry_after=1)
        self.pictures = Lane("pictures", threads=1, waiting=60, retry_after=1)  # which are quick, unlike views
        self.fits = Lane("fits of meshes", threads=1, waiting=0, retry_after=5)
        self.bodies = Places("files", MOST_AT_ONCE, retry_after=2)
        self.replies = ByteCache(CACHED_BYTES)
        self._queries: OrderedDict[str, Query] = OrderedDict()
        self._lock = Lock()

    def prepare(self) -> None:
        """Load the models and open the datasets, for which the first question would wait otherwise."""
        study = self.study
        if any("text" in space.for_kinds for space in study.variants):  # not without mappers and views
            study.search(text="warm", k=1)
        first = study.ids[0]
        if views := study.object(first).views:
            study.render_view(first, views[0], 16)  # opens and checks all files of views too
        else:
            study.render(first, size=16)
        study.query(nerf=study.nerf(first))

    def check_id(self, object_id: str) -> None:
        """Raise a 404 for the id of no object of the collection."""
        if object_id not in self.study.collection.index:
            raise HTTPException(404, f"{object_id[:80]!r}: no object of this collection")

    def remembers(self, handle: str) -> bool:
        """Whether there is a query of this handle."""
        return handle in self._queries

    def earlier_query(self, handle: str) -> RememberedQuery:
        """The query of an earlier request. Raises a 404 if it is forgotten."""
        with self._lock:
            if handle not in self._queries:
                raise HTTPException(404, "query: not remembered any more; ask it again")
            self._queries.move_to_end(handle)
            return RememberedQuery(handle, self._queries[handle])

    def remember(self, handle: str, make: "Callable[[], Query]") -> RememberedQuery:
        """The query of a handle, from `make` if there is none yet."""
        if self.remembers(handle):
            return self.earlier_query(handle)
        query = make()
        with self._lock:
            self._queries[handle] = query
            while len(self._queries) > MOST_QUERIES:
                self._queries.popitem(last=False)
        return RememberedQuery(handle, query)


def explorer_of(request: Request) -> Explorer:
    """The explorer of a request's application."""
    return request.app.state.explorer


def handle_of(kind: str, data: bytes) -> str:
    """The handle of a query: a digest of its kind and content."""
    return bytes_digest(kind.encode(), b"\0", data)[:24]


def with_file(data: bytes, name: str, use: "Callable[[Path], Query]") -> "Query":
    """The query that `use` makes of a file with these bytes.

    The file is alone in a folder, which is deleted afterwards and which errors don't name.
    """
    with tempfile.TemporaryDirectory(prefix="fieldlink-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            return use(path)
        except InputError as error:
            raise InputError(str(error).replace(f"{folder}/", "")) from error
