"""Random and hostile requests: each has an answer, and none of them is an error of the server."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from explorer.flood import flood
from explorer.requests import Client

RATE, SECONDS = 200, 60
SLOWEST_GOOD = 1.0  # seconds, 95 of 100 good requests
LEAST_GOOD = 0.9  # share of good requests that are answered
MOST_GROWTH = 64  # MB of the server's memory in the second half of the time: what it remembers is full by then


def test_random_and_hostile_requests_are_answered_below_500(client, study):
    outcome = flood(client, list(study.ids), rate=40, seconds=3, pid=os.getpid())
    assert outcome.failures == []
    assert sum(outcome.statuses.values()) == 120
    assert max(outcome.statuses) < 500, outcome.statuses
    assert set(outcome.good_statuses) == {200}


@pytest.fixture
def server(study_folder: Path) -> Iterator[tuple[Client, int]]:
    """An explorer in a process of its own, as a user starts it, and the number of that process."""
    command = [sys.executable, "-m", "fieldlink.commands.main", "explore", "--study", str(study_folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            address = process.stdout.readline()
            yield Client(int(address.strip().rstrip("/").rpartition(":")[2])), process.pid
        finally:
            process.terminate()


@pytest.mark.slow
def test_two_hundred_hostile_requests_a_second_leave_good_ones_fast_and_memory_flat(server, study):
    client, process = server
    outcome = flood(client, list(study.ids), rate=RATE, seconds=SECONDS, pid=process)
    assert outcome.failures == []
    assert sum(outcome.statuses.values()) == RATE * SECONDS
    assert max(outcome.statuses) < 500, outcome.statuses
    assert set(outcome.good_statuses) <= {200, 429}, outcome.good_statuses
    assert outcome.good_share >= LEAST_GOOD, outcome.good_statuses
    assert outcome.good_p95 <= SLOWEST_GOOD
    assert outcome.late_growth <= MOST_GROWTH, outcome.memory
