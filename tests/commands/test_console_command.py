"""The console command: help, version, errors without a traceback, completion, and a description of every flag."""

import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pipeline
import pytest
from commands.flags import actions, descriptions

from fieldlink.commands.main import SUBCOMMANDS, function_of

PYPROJECT = tomllib.loads((pipeline.ROOT / "pyproject.toml").read_text())
ERRORS = {  # arguments of a run that fails, and words of its message
    "preflight": (["--params-file", "nowhere.yaml"], "nowhere.yaml: cannot be read"),
    "apply-profile": (["nothing"], "nothing.yaml: no such profile, expected one of large, thesis"),
    "check": ([], "no .dvc here, expected the checkout of a study"),
    "results": (["--tables", "nowhere"], "nowhere: holds no retrieval.csv nor zero_shot.csv"),
    "history": (["--revisions", "nowhere"], "not a git repository"),
    "why": (["4.4a", "nerf2clip siglip", "recall@1"], "reports/tables/retrieval.csv: cannot be read"),
    "worlds": (["run", "--seeds", "3-1"], "--seeds 3-1: expected seeds and ranges"),
    "ask": (["a chair"], "no params.yaml, expected a finished study"),
    "classify": (["chair.glb"], "no params.yaml, expected a finished study"),
    "add": (["meshes"], "no params.yaml, expected a finished study"),
    "explore": ([], "no params.yaml, expected a finished study"),
    "import-nerfs": (["--folder", "nowhere", "--out", "out"], "nowhere: no [data_TRAINED/]"),
    "import-nf2vec": (["--checkpoint", "nowhere.pt", "--out", "out"], "nowhere.pt: no such file"),
    "export-nerfs": (["--objects", "a", "--views", "b", "--nerfs", "c", "--out", "."], ".: exists, expected a new"),
    "export-embeddings": (["--embeddings", "a", "--objects", "b", "--out", "."], ".: exists, expected a new folder"),
}


def fieldlink(*arguments: str, folder: Path = pipeline.ROOT) -> subprocess.CompletedProcess[str]:
    script = "import sys; from fieldlink.commands.main import main; sys.exit(main())"
    command = [sys.executable, "-c", script, *arguments]
    environment = {"PYTHONPATH": str(pipeline.ROOT), "PATH": "/usr/bin:/bin", "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_help_lists_every_subcommand_with_its_description():
    process = fieldlink("--help")
    assert process.returncode == 0
    assert process.stdout.startswith("usage: fieldlink ")
    for name, subcommand in SUBCOMMANDS.items():
        assert re.search(rf"^ +{name}\s+{re.escape(subcommand.description)}$", process.stdout, re.MULTILINE), name


def test_an_error_moves_no_cursor():
    process = fieldlink("preflight", "--params-file", "no\x1b[2J\u202ewhere.yaml")
    assert process.returncode == 1
    assert r"no\x1b[2J\u202ewhere.yaml: cannot be read" in process.stderr


def test_the_version_is_the_project_s():
    assert fieldlink("--version").stdout == f"fieldlink {PYPROJECT['project']['version']}\n"


def test_the_installed_script_is_the_main_function():
    module, _, name = PYPROJECT["project"]["scripts"]["fieldlink"].partition(":")
    assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("arguments", [[], ["import"], ["--nothing"]])
def test_an_unknown_command_or_none_ends_with_the_usage(arguments):
    process = fieldlink(*arguments)
    assert process.returncode == 2
    assert process.stderr.startswith("usage: fieldlink ")


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_a_subcommand_s_help_says_what_a_person_types(name):
    process = fieldlink(name, "--help")
    assert process.returncode == 0, process.stderr
    assert process.stdout.startswith(f"usage: fieldlink {name} ")
    helps = [process.stdout, *(fieldlink(name, action, "--help").stdout for action in actions(function_of(name)))]
    for flag in descriptions(function_of(name)):
        assert flag in "".join(helps)


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_no_help_shows_a_type_in_place_of_a_value(name):
    names = [[name], *([name, action] for action in actions(function_of(name)))]
    helps = [fieldlink(*words, "--help").stdout for words in names]
    assert re.findall(r"\b(?:STR|INT|FLOAT|PATH)\b|\{None\}", "".join(helps)) == []


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_an_error_of_a_subcommand_is_one_line_without_a_traceback(name, tmp_path):
    arguments, message = ERRORS[name]
    process = fieldlink(name, *arguments, folder=tmp_path)
    assert process.returncode == 1
    assert process.stderr.splitlines()[-1].startswith(f"fieldlink {name}: ")
    assert message in process.stderr
    assert "Traceback" not in process.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", ["ask --help", "preflight"])
def test_a_closed_output_is_named_in_one_line(arguments: str, tmp_path: Path):
    script = f"exec {Path(sys.executable).parent}/fieldlink {arguments} >&-"
    environment = {"PYTHONPATH": str(pipeline.ROOT), "PATH": "/usr/bin:/bin"}
    command = ["/bin/sh", "-c", script]
    process = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert process.returncode == 1
    (line,) = process.stderr.splitlines()
    assert (
        line == f"fieldlink {arguments.split(maxsplit=1)[0]}: stdout is closed, expected a terminal, a file or a pipe"
    )


COMPLETED = """
source "$1"
function=$(complete -p fieldlink | sed 's/.*-F \\([^ ]*\\).*/\\1/')
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
$function
echo "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    ("words", "completions"),
    [
        (["im"], {"import-nerfs", "import-nf2vec"}),
        (["import-nerfs", "--me"], {"--measured"}),
        (["export-nerfs", "--ob"], {"--objects"}),
    ],
)
def test_the_shell_completes_subcommands_and_flags(words, completions, tmp_path):
    script = tmp_path / "completion"
    script.write_text(fieldlink("--tyro-print-completion", "bash").stdout)
    command = ["bash", "-c", COMPLETED, "bash", str(script), "fieldlink", *words]
    assert set(subprocess.check_output(command, text=True).split()) == completions


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_flag_of_a_subcommand_has_a_description(name):
    assert [flag for flag, text in descriptions(function_of(name)).items() if not text] == []


def stage_function(module: str):
    """The function that a stage's file passes to `run_stage`."""
    (name,) = re.findall(r"^    run_stage\((\w+)", pipeline.file_of(module).read_text(), re.MULTILINE)
    return getattr(import_module(module), name)


@pytest.mark.parametrize("module", sorted({pipeline.module(stage) for stage in pipeline.stages().values()}))
def test_every_flag_of_a_stage_has_a_description(module):
    assert [flag for flag, text in descriptions(stage_function(module)).items() if not text] == []


def test_no_text_tells_a_person_to_run_a_subcommand_as_a_module():
    files = subprocess.check_output(["git", "ls-files", "-z"], cwd=pipeline.ROOT, text=True).split("\0")
    texts = [
        pipeline.ROOT / name for name in files if name.endswith((".py", ".md", ".yaml", ".html")) or name == "Makefile"
    ]
    advice = "-m fieldlink" + ".commands"
    assert [str(path) for path in texts if path.is_file() and advice in path.read_text(encoding="utf-8")] == []
