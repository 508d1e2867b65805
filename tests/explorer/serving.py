"""An explorer that listens, in a thread of this process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from explorer.requests import Client

from fieldlink.explorer.explorer import Explorer
from fieldlink.explorer.server import http_server, listening_socket


@contextmanager
def serving(explorer: Explorer) -> Iterator[Client]:
    """Requests to a server of `explorer`; the server ends with the block."""
    with listening_socket("127.0.0.1", 0) as listening:
        server = http_server(explorer)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield Client(listening.getsockname()[1])
        server.should_exit = True
        thread.join()
