"""Bars of long stages: on a terminal, and in a log."""

import io
from itertools import pairwise

from fieldlink.core.progress import progress


def test_a_log_gets_a_line_a_minute_with_the_numbers_of_items(monkeypatch):
    clock, log = [0.0], io.StringIO()
    monkeypatch.setattr("tqdm.std.time", lambda: clock[0])
    monkeypatch.setattr("sys.stderr", log)
    for _ in progress(iter(range(600)), "fit_nerfs", "items", total=600):
        clock[0] += 1.0  # seconds
    lines = log.getvalue().splitlines()
    assert "\r" not in log.getvalue()
    assert 9 <= len(lines) <= 13
    assert all(line.startswith("fit_nerfs: ") for line in lines)
    assert "600/600" in lines[-1]
    minutes = [int(line.split("/600")[0].split()[-1]) for line in lines]
    assert all(later - earlier >= 60 for earlier, later in pairwise(minutes[:-1]))


def test_a_terminal_gets_one_line_that_changes(monkeypatch):
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stderr", terminal)
    list(progress(range(3), "fit_nerfs", "items"))
    assert terminal.getvalue().count("\n") == 1


def test_a_bar_that_may_be_short_appears_only_when_it_is_not(monkeypatch):
    clock, terminal = [0.0], io.StringIO()
    monkeypatch.setattr("tqdm.std.time", lambda: clock[0])
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stderr", terminal)

    def shown_after(seconds: float) -> str:
        for _ in progress(range(3), "search", "rows", after=5.0):
            clock[0] += seconds
        return terminal.getvalue()

    assert shown_after(1.0) == ""
    assert "3/3" in shown_after(4.0)
