"""Imported by the server of workers, which ends with its stage even while it imports what workers share.

Ctrl-C is the stage's to tell: the server and its workers ignore it, else each prints a traceback of what it imports.
"""

import contextlib
import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1  # of Linux's prctl

if sys.platform == "linux":
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

signal.signal(signal.SIGINT, signal.SIG_IGN)  # before the server notes what its workers start with
