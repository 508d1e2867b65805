"""A stage ends with its exit code and, for a mistake of the user, with a message and no traceback."""

import os
import subprocess
import sys

import pytest


def test_a_mistake_of_the_user_ends_with_words_and_without_a_traceback(tmp_path):
    script = "from fieldlink.core.errors import InputError\nfrom fieldlink.commands.stage_runner import run_stage\n"
    script += "def some_stage() -> None:\n    raise InputError('photos/a.jpg: not a picture')\nrun_stage(some_stage)\n"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ended.returncode == 1
    assert ended.stderr.strip() == "some_stage: photos/a.jpg: not a picture"


LEAVING = """
import atexit, sys
from fieldlink.core.errors import InputError
from fieldlink.commands.stage_runner import run_stage
def stage_function(ending: str) -> None:
    atexit.register(print, "handlers run")
    print("said")
    if ending == "wrong":
        raise InputError("a reason")
    if ending == "broken":
        raise ValueError("a bug")
if __name__ == "__main__":
    run_stage(stage_function)
"""


@pytest.mark.parametrize(("ending", "code"), [("well", 0), ("wrong", 1), ("broken", 1)])
def test_a_stage_that_leaves_in_a_hurry_loses_no_word_no_handler_and_no_exit_code(tmp_path, ending, code):
    (tmp_path / "stage.py").write_text(LEAVING)
    command = [sys.executable, "stage.py", "--ending", ending]
    environment = os.environ | {"FIELDLINK_SCRATCH": str(tmp_path / "scratch")}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (code, "said\nhandlers run\n")
    assert ("Traceback" in ended.stderr) == (ending == "broken")


@pytest.mark.parametrize("ending", ["well", "wrong"])
@pytest.mark.parametrize("stage", ["pipelines/zero_shot/dvc.yaml:train", None])
def test_seconds_are_kept_of_what_dvc_ran_to_its_end(tmp_path, ending, stage):
    (tmp_path / "stage.py").write_text(LEAVING)
    (tmp_path / "pipelines" / "zero_shot").mkdir(parents=True)
    (tmp_path / "pipelines" / "zero_shot" / "dvc.yaml").write_text("stages: {train: {cmd: python stage.py}}")
    environment = {name: value for name, value in os.environ.items() if name != "DVC_STAGE"}
    environment |= {"FIELDLINK_SCRATCH": str(tmp_path / "scratch")} | ({"DVC_STAGE": stage} if stage else {})
    command = [sys.executable, "stage.py", "--ending", ending]
    subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    records = [path.name for path in tmp_path.glob("scratch/times/*.json")]
    assert records == (["stage_function-.json"] if stage and ending == "well" else [])
