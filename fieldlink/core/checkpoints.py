"""States of long computations, from which a killed stage goes on."""

import shutil
import time
from collections.abc import Callable, Mapping

import numpy as np

from fieldlink.core import saved_models
from fieldlink.core.errors import InputError
from fieldlink.core.scratch import scratch_folder


class Checkpoint:
    """State of one long computation, written to a model folder at most every `seconds`.

    `key`: digest of all that the state depends on, so that a changed computation starts anew.
    """

    def __init__(self, stage: str, key: str, seconds: float = 20.0) -> None:
        self.folder = scratch_folder(stage) / f"checkpoint-{key[:24]}"
        self.seconds, self.written = seconds, time.monotonic()

    def read(self) -> dict[str, np.ndarray] | None:
        """The last state written; None if there is none or it is damaged."""
        try:
            return saved_models.read_model(self.folder)[0]
        except InputError:
            return None

    def write_if_due(self, state: Callable[[], Mapping[str, np.ndarray]]) -> None:
        """Write `state()` if the last one was written `seconds` ago. A kill never leaves a part of one."""
        if time.monotonic() - self.written >= self.seconds:
            saved_models.write_model(self.folder, state(), {})
            self.written = time.monotonic()

    def delete(self) -> None:
        """Delete the state, once the computation has ended."""
        shutil.rmtree(self.folder, ignore_errors=True)
