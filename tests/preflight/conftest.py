"""Preflight without the repetitions that make its times sure, for tests of a whole one."""

import pytest

from fieldlink.preflight import timing


@pytest.fixture
def measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every work is timed once, and of a training a few steps alone."""
    monkeypatch.setattr(timing, "REPETITIONS", 1)
    monkeypatch.setattr(timing, "SURE", 0.0)
