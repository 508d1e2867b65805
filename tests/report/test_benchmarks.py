"""Benchmarks as the page shows them."""

import dataclasses
import json
from pathlib import Path

import pytest

from fieldlink.report.benchmarks import Benchmark, ratio_chart
from stages.report.build_report import build_report

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def benchmark(files) -> Benchmark:
    return Benchmark(**json.loads((files.root / "benchmarks" / "retrieve.json").read_text()))


def test_a_row_has_medians_with_their_spread_ratio_and_both_qualities(benchmark):
    times = ("300 s (290–320) for all", "4 s (3.9–4.4) for all")
    assert (benchmark.baseline_time, benchmark.our_time) == times
    assert (benchmark.printed_ratio, benchmark.qualities) == ("75 ×", "hits 0.99 / 1")


def test_a_benchmark_without_a_baseline_has_a_row_and_no_bar(benchmark):
    alone = dataclasses.replace(benchmark, baseline_seconds=None, ours_seconds=None, ratio=None, spread={})
    assert (alone.baseline_time, alone.our_time, alone.printed_ratio) == ("–", "–", "–")
    assert ratio_chart([alone]) is None
    chart = ratio_chart([alone, benchmark])
    assert chart is not None
    assert chart.alt == "retrieve: 75"


def test_the_page_shows_a_table_charts_and_what_each_baseline_is(files, tmp_path: Path):
    files_by_flag = {name.lstrip("-"): Path(path) for name, path in (word.split("=") for word in files.always())}
    build_report(**files_by_flag | {"out": tmp_path / "index.html"}, benchmarks=files.root / "benchmarks")
    text = (tmp_path / "index.html").read_text("utf-8")
    for words in ("300 s (290–320) for all", "75 ×", "Timed on a sample.", "bare: s", "retrieve: Seconds", "two cores"):
        assert words in text
    assert files.hostile not in text


@pytest.mark.parametrize("path", sorted((ROOT / "reports" / "benchmarks").glob("*.json")), ids=lambda path: path.stem)
def test_what_is_kept_can_be_shown(path: Path):
    benchmark = Benchmark(**json.loads(path.read_text("utf-8")))
    assert benchmark.name == path.stem
    assert benchmark.baseline_time
    assert benchmark.our_time
    assert all(chart.svg for chart in benchmark.charts)
