"""Options and data that benchmarks share."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks import measuring, scenes
from fieldlink.core.devices import timed_run
from fieldlink.core.params import Params, load
from fieldlink.nerf.fitting.optimisation import Fit
from fieldlink.scenes.views import Views


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="tiny sizes: shows that it runs, measures nothing")
    parser.addoption("--objects", type=int, default=4, help="catalogue objects and meshes of fit_nerfs_quality")
    parser.addoption("--whole-study", action="store_true", help="repro also times `dvc repro` of a fresh checkout")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What this run measured, and the table of all that is kept."""
    if measuring.KEPT and not terminalreporter.config.getoption("--quick"):
        measuring.write_table()
    for benchmark in measuring.KEPT:
        terminalreporter.write_line(" | ".join(cell for cell in measuring.row(benchmark) if cell))
        for line in [*benchmark.remarks, *(f"{name}: {value:.4g}" for name, value in benchmark.also.items())]:
            terminalreporter.write_line(f"    {line}")


@pytest.fixture(scope="session")
def quick(request: pytest.FixtureRequest) -> bool:
    return request.config.getoption("--quick")


@pytest.fixture(scope="session", autouse=True)
def temporary_reports(quick: bool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tiny sizes leave no numbers."""
    with pytest.MonkeyPatch.context() as patch:
        if quick:
            patch.setattr(measuring, "REPORTS", tmp_path_factory.mktemp("reports"))
        yield


@pytest.fixture(scope="session")
def params() -> Params:
    return load(scenes.ROOT / "params.yaml")


@pytest.fixture(scope="session")
def objects(params: Params, quick: bool) -> dict[str, Views]:
    return scenes.of_catalogue(2 if quick else 8, params)


@pytest.fixture(scope="session")
def start(params: Params, quick: bool) -> tuple[float, np.ndarray]:
    """The NeRFs' common start, and the seconds it takes to learn."""
    return timed_run(lambda: (scenes.random_start if quick else scenes.learned_start)(params))


@pytest.fixture(scope="session")
def fits(objects: dict[str, Views], start: tuple[float, np.ndarray], params: Params) -> dict[str, Fit]:
    return scenes.fitted(objects, start[1], params)


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a stage may write; its scratch too."""
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    return tmp_path
