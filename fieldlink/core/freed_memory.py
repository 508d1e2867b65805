"""Imported for its effect: freed memory stays the process's own, up to 32 MB a piece.

A training step frees its gradients and allocates as many. glibc gives such memory back to the system each time, and a
page that comes back has to be cleared: the products of mappers' gradients then take twice as long.
"""

import contextlib
import ctypes
import sys

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of glibc's mallopt
MOST_FREE_BYTES = 2**31 - 1
LARGEST_PIECE = 2**25  # bytes, the most that glibc takes

if sys.platform == "linux":
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(M_TRIM_THRESHOLD, MOST_FREE_BYTES)
        libc.mallopt(M_MMAP_THRESHOLD, LARGEST_PIECE)
