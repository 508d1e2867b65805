"""Trainings, and applications of what they trained, as values that a worker process can run."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from operator import methodcaller
from typing import Generic, TypeVar

from fieldlink.core.workers import map_in_workers

Result = TypeVar("Result")


class WorkerTask(ABC, Generic[Result]):
    """All that decides a piece of work. A task can be pickled; making one needs no torch."""

    @abstractmethod
    def run(self) -> Result:
        """Do the work. The worker that runs this imports torch."""


def results_of(tasks: Sequence[WorkerTask[Result]], workers: int) -> list[Result]:
    """The result of each task, in their order, from `workers` processes."""
    return list(map_in_workers(methodcaller("run"), tasks, workers))
