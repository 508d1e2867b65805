"""Imported by the server of workers, which ends with its stage even while it imports what workers share."""

import contextlib
import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1  # of Linux's prctl

if sys.platform == "linux":
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
