"""A study behind the explorer: its work in lanes, and what it remembers of earlier requests."""

import hashlib
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request

from fieldlink.core.errors import InputError
from fieldlink.explorer.byte_cache import ByteCache
from fieldlink.explorer.lanes import Lane

if TYPE_CHECKING:
    from fieldlink.search.answers import Query
    from fieldlink.search.study import Study

MOST_QUERIES = 256  # that are remembered, so that another way to search encodes nothing again
CACHED_BYTES = 32 * 2**20  # of pictures and of pages


class Explorer:
    """What all routes share.

    A study answers one question at a time: one thread asks it. Rendering and fitting change nothing in it, so that
    others render and fit beside it.
    """

    def __init__(self, study: "Study") -> None:
        self.study = study
        self.questions = Lane("questions", threads=1, waiting=100, retry_after=1)
        self.frames = Lane("views", threads=1, waiting=60, retry_after=1)
        self.fits = Lane("fits of meshes", threads=1, waiting=0, retry_after=5)
        self.answers = ByteCache(CACHED_BYTES)
        self._queries: OrderedDict[str, Query] = OrderedDict()
        self._lock = Lock()

    def prepare(self) -> None:
        """Load what the first question would wait for."""
        study = self.study
        study.search(text="warm", k=1)
        first = study.ids[0]
        study.render(first, size=16)
        for number in study.object(first).views[:1]:
            study.render_view(first, number, 16)  # opens and checks all files of views
        study.query(nerf=study.nerf(first))

    def check_id(self, object_id: str) -> None:
        """Raise a 404 for an id that no object of the collection has."""
        if object_id not in self.study.collection.index:
            raise HTTPException(404, f"{object_id[:80]!r}: no object of this collection")

    def knows(self, handle: str) -> bool:
        """Whether a query is remembered."""
        return handle in self._queries

    def remembered(self, handle: str) -> "Query":
        """The query of an earlier answer."""
        with self._lock:
            if handle not in self._queries:
                raise HTTPException(404, "query: not remembered any more; ask it again")
            self._queries.move_to_end(handle)
            return self._queries[handle]

    def remember(self, handle: str, make: "Callable[[], Query]") -> "Query":
        """The query of a handle, made if it isn't remembered."""
        if self.knows(handle):
            return self.remembered(handle)
        query = make()
        with self._lock:
            self._queries[handle] = query
            while len(self._queries) > MOST_QUERIES:
                self._queries.popitem(last=False)
        return query


def explorer_of(request: Request) -> Explorer:
    """The explorer that a request is for."""
    return request.app.state.explorer


def handle_of(kind: str, data: bytes) -> str:
    """The name by which a query is remembered."""
    return hashlib.sha256(kind.encode() + b"\0" + data).hexdigest()[:24]


def with_file(data: bytes, name: str, use: "Callable[[Path], Query]") -> "Query":
    """What `use` makes of a file with these bytes, alone in a folder that is deleted then; errors don't name it."""
    with tempfile.TemporaryDirectory(prefix="fieldlink-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            return use(path)
        except InputError as error:
            raise InputError(str(error).replace(f"{folder}/", "")) from error
