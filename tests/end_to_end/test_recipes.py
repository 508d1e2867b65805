"""Every recipe of README.md and docs/experiments.md, in order, in a clone: none of them loses a result."""

import re
import subprocess
from pathlib import Path

import pytest
from end_to_end.slices import contents

pytestmark = pytest.mark.slow

PAGES = ("README.md", "docs/experiments.md")
COMMANDS = ("dvc", "git", "fieldlink")
OF_OTHERS_DATA = re.compile("PATH|apply-profile thesis|fieldlink preflight")  # the published scale


def recipes(folder: Path) -> list[str]:
    """Commands of the fenced blocks, without comments, lines put together that a backslash divides."""
    text = "\n".join((folder / page).read_text() for page in PAGES)
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    lines = "\n".join(body for language, body in blocks if not language).replace("\\\n", " ").splitlines()
    commands = [re.split(r" {2,}#", line)[0].strip() for line in lines]
    return [command for command in commands if command.split(" ")[0] in COMMANDS]


def results(folder: Path) -> dict[str, bytes]:
    """Parameters, locks, data, tables and page."""
    of_dvc = {str(path): path.read_bytes() for path in [folder / "params.yaml", *folder.rglob("dvc.lock")]}
    return of_dvc | contents(folder / "data") | contents(folder / "reports")


@pytest.fixture(scope="module")
def clone(study, tmp_path_factory):
    """A clone of the tiny study with results of its own; DVC's cache is the study's, to save time."""
    folder = tmp_path_factory.mktemp("recipes") / "clone"
    subprocess.run(["git", "clone", "-q", study.folder, folder], check=True)
    clone = type(study)(folder)
    for name, value in (("user.name", "t"), ("user.email", "t@example.org")):
        clone.run("git", "config", name, value)
    clone.run("git", "checkout", "-q", "-B", "main")
    clone.run("dvc", "cache", "dir", "--local", str(study.folder / ".dvc/cache"))
    clone.run("dvc", "repro")
    return clone


def test_no_recipe_loses_a_result(clone):
    before, run = results(clone.folder), 0
    assert {"reports/index.html", "reports/speed.json"} <= {
        f"reports/{name}" for name in contents(clone.folder / "reports")
    }
    for command in recipes(clone.folder):
        if OF_OTHERS_DATA.search(command):
            continue
        clone.run("bash", "-c", command)
        assert results(clone.folder) == before, command
        run += 1
    assert run > 8
    names = clone.run("dvc", "exp", "list", "--name-only").split()
    assert {"mapper-losses", "nf2vec-300-steps", "nf2vec-as-trained", "nerf-30-steps"} <= set(names)
    page = (clone.folder / "dvc_plots/index.html").read_text()
    assert not re.search(r"(src|href)\s*=", page)  # drawn without a network


def test_after_an_experiment_in_the_study_s_own_folder_git_and_dvc_bring_everything_back(clone):
    before = results(clone.folder)
    clone.run("dvc", "exp", "run", "-n", "here", "-S", "mapper.epochs=2")
    assert results(clone.folder) != before
    clone.run("git", "restore", ".")
    clone.run("dvc", "checkout")
    assert results(clone.folder) == before
    assert "up to date" in clone.run("dvc", "repro")
