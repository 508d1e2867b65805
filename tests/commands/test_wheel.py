"""The wheel holds package `fieldlink` with its data alone, and works where there is no checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pipeline
import pytest

from fieldlink.core.params import load

pytestmark = pytest.mark.thesis

SOURCES = ("pyproject.toml", "README.md", "LICENSE", "params.yaml", "profiles", "fieldlink", "stages")
BYTECODE = shutil.ignore_patterns("__pycache__", "*.egg-info")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built without a network from a copy of the sources, as the build leaves files beside them."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        source, target = pipeline.ROOT / name, folder / "sources" / name
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore=BYTECODE)
        else:
            target.parent.mkdir(exist_ok=True)
            shutil.copy(source, target)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", folder, folder / "sources"]
    subprocess.run(command, check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


@pytest.fixture(scope="module")
def installed(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an unpacked wheel, on which no checkout is in reach."""
    folder = tmp_path_factory.mktemp("installed")
    wheel.extractall(folder)
    return folder


def run(installed: Path, folder: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-P", "-c", script, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def fieldlink(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(installed, folder, "from fieldlink.commands.main import main; main()", *arguments)


def test_the_wheel_holds_the_package_with_its_data_and_nothing_else(wheel):
    names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    package = pipeline.ROOT / "fieldlink"
    sources = {path.relative_to(package.parent) for path in package.rglob("*") if path.is_file()}
    sources |= {Path("fieldlink/defaults/profiles") / path.name for path in (pipeline.ROOT / "profiles").iterdir()}
    assert names == {str(path) for path in sources if path.suffix != ".pyc" and not path.name.startswith(".")}
    assert wheel.read("fieldlink/defaults/params.yaml") == (pipeline.ROOT / "params.yaml").read_bytes()


def test_the_package_is_imported_outside_the_checkout_without_stages(installed, tmp_path):
    script = "import fieldlink, importlib.util as u; print(fieldlink.__file__, u.find_spec('fieldlink.defaults') and 1)"
    process = run(installed, tmp_path, script)
    assert process.stdout.split()[0] == str(installed / "fieldlink/__init__.py"), process.stderr
    assert not (installed / "stages").exists()


def test_help_and_version_work_when_installed(installed, tmp_path):
    assert "apply-profile" in fieldlink(installed, tmp_path, "--help").stdout
    assert fieldlink(installed, tmp_path, "--version").stdout.startswith("fieldlink ")


def test_a_profile_is_written_into_an_empty_folder(installed, tmp_path):
    process = fieldlink(installed, tmp_path, "apply-profile", "thesis", "--params-file", "params.yaml")
    assert process.returncode == 0, process.stderr
    assert "written from the default parameters" in process.stderr
    assert load(tmp_path / "params.yaml").scenes.source == "disn"


@pytest.mark.slow
def test_a_preflight_in_an_empty_folder_takes_the_default_parameters_and_says_so(installed, tmp_path):
    process = fieldlink(installed, tmp_path, "preflight")
    assert process.returncode == 0, process.stdout + process.stderr
    assert "the default parameters are used" in process.stderr
    assert "scenes: catalogue" in process.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_that_is_none_is_an_error_of_its_reader_when_installed(installed, tmp_path):
    (tmp_path / "500.pt").write_bytes(b"nothing")
    process = fieldlink(installed, tmp_path, "import-nf2vec", "--checkpoint", "500.pt", "--out", "model")
    assert process.returncode == 1
    assert "500.pt: not tensors alone: no checkpoint of torch" in process.stderr
