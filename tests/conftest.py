"""What tests share: where real data lies, and small parameters."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import chromium
import pytest
from explorer.browsing import without_browser
from filelock import FileLock
from parameters import written
from xdist.scheduler import LoadFileScheduling

from fieldlink.core.params import ClipNetworkParams, Params, load

if TYPE_CHECKING:
    from fieldlink.search.finished_study import Study

ROOT = Path(__file__).parent.parent
os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a hub that can't be reached is asked for a minute before it is given up


class EndToEndInOneProcess(LoadFileScheduling):
    """A file of tests is for one process, and so is all of tests/end_to_end, whose whole study is then made once."""

    def _split_scope(self, nodeid: str) -> str:
        file = Path(super()._split_scope(nodeid))
        return str(file.parent if file.parent.name == "end_to_end" else file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> EndToEndInOneProcess:
    return EndToEndInOneProcess(config, log)


@pytest.fixture(scope="session")
def real() -> Path:
    """Real meshes, photos and views: FIELDLINK_REAL, or ../shared/real beside the checkout."""
    return _folder("FIELDLINK_REAL", "real")


def _folder(variable: str, name: str) -> Path:
    folder = Path(os.environ.get(variable, ROOT.parent / "shared" / name))
    if not folder.is_dir():
        message = f"{folder}: not there; set {variable}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def cases() -> Path:
    """Example files of people's faults: FIELDLINK_CASES, or ../shared/cases beside the checkout."""
    return _folder("FIELDLINK_CASES", "cases")


@pytest.fixture(scope="session")
def params() -> Params:
    """The default parameters."""
    return load(ROOT / "params.yaml")


@pytest.fixture(scope="session")
def network() -> ClipNetworkParams:
    """A tiny CLIP of the small model's form."""
    return ClipNetworkParams(resolution=32, width=8, embedding=16, text_width=32, text_layers=1, context=16)


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory, network: ClipNetworkParams) -> Path:
    """Its model folder, with weights at their random start."""
    from fieldlink.clip import small_clip

    folder = tmp_path_factory.mktemp("clip") / "tiny"
    small_clip.save(folder, small_clip.build(network, 0), network)
    return folder


@pytest.fixture
def params_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Any]], Path]:
    """Writes the default parameters with some keys changed, given as `section.key`; scratch goes to `tmp_path`."""
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    return partial(written, tmp_path / "params.yaml")


@pytest.fixture(scope="session")
def study_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny study, made once for all processes that run tests; nobody writes into it."""
    from tiny_study import made_study

    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "tiny_study"
    with FileLock(f"{folder}.lock"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDLINK_SCRATCH", str(folder / ".scratch"))
        if not (folder / "made").is_file():
            folder.mkdir(exist_ok=True)
            made_study(folder)
            (folder / "made").touch()
    return folder


@pytest.fixture(scope="session")
def study(study_folder: Path) -> "Study":
    from fieldlink.search.finished_study import Study

    return Study(study_folder)


@pytest.fixture(scope="session")
def page() -> Iterator[chromium.Page]:
    """A page of a headless Chromium."""
    if chromium.executable() is None:
        without_browser("no Chromium: apt-get install chromium, or set CHROMIUM to its path")
    with chromium.browser() as page:
        yield page


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, which finds what hinders people with disabilities."""
    path = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        without_browser(f"{path}: not there; npm install --no-save axe-core@4")
    return path.read_text(encoding="utf-8")
