"""A cache of the latest replies, up to a number of bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class ByteCache:
    """Bytes by key. The entry whose last use is longest ago goes first. Threads may share the cache."""

    def __init__(self, most: int) -> None:
        """`most`: bytes in all."""
        self._most, self._size = most, 0
        self._items: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The bytes of `key`, from `make` if there are none."""
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
                return self._items[key]
        data = make()
        with self._lock:
            self._size += len(data) - len(self._items.get(key, b""))
            self._items[key] = data
            while self._size > self._most and self._items:
                self._size -= len(self._items.popitem(last=False)[1])
        return data
