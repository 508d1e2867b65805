"""Imported by the server of workers, which ends with its stage even while it imports what workers share.

The stage alone reports Ctrl-C. The server and its workers ignore it; otherwise each would print a traceback.
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
