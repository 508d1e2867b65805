"""A whole preflight, without the repetitions that make its times sure."""

import pytest

from fieldlink.preflight import timing


@pytest.fixture(autouse=True)
def _once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "small_study" in request.node.name or "thesis" in request.node.name:
        monkeypatch.setattr(timing, "REPETITIONS", 1)
        monkeypatch.setattr(timing, "SURE", 0.0)
