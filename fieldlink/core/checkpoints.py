"""States of long computations, from which a killed stage goes on."""

import shutil
import time
from collections.abc import Callable, Mapping

import numpy as np

from fieldlink.core import saved_models
from fieldlink.core.errors import InputError
from fieldlink.core.scratch import scratch_folder


class Checkpoint:
    """The state of one long computation, kept in a model folder now and then; `key` digests all that decides it."""

    def __init__(self, stage: str, key: str, seconds: float = 20.0) -> None:
        self.folder = scratch_folder(stage) / f"checkpoint-{key[:24]}"
        self.seconds, self.kept = seconds, time.monotonic()

    def read(self) -> dict[str, np.ndarray] | None:
        """The state last kept; none if there is none, or a damaged one."""
        try:
            return saved_models.read_model(self.folder)[0]
        except InputError:
            return None

    def offer(self, state: Callable[[], Mapping[str, np.ndarray]]) -> None:
        """Keep `state()` if the last was kept `seconds` ago; also whole if killed in the middle."""
        if time.monotonic() - self.kept >= self.seconds:
            saved_models.write_model(self.folder, state(), {})
            self.kept = time.monotonic()

    def drop(self) -> None:
        """What it was kept for is done."""
        shutil.rmtree(self.folder, ignore_errors=True)
