"""Verify a study's files against what DVC has noted of them, and print the commands that mend what is damaged."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from fieldlink.commands.dvc_outputs import Files, Output, outputs
from fieldlink.core.errors import InputError
from fieldlink.report.stage_records import lock_files


class Problem(NamedTuple):
    """What is wrong, and the commands that mend it, to be run in this order."""

    what: str
    commands: tuple[str, ...] = ()


def check() -> None:
    """Compare locks, outputs (datasets, models, tables, page) and DVC's cache byte by byte; run it in the checkout.

    What is damaged is printed with the commands that mend it, and makes the command fail.
    """
    root = Path()
    if not (root / ".dvc").is_dir():
        raise InputError("no .dvc here, expected the checkout of a study")
    command = [sys.executable, "-m", "dvc", "cache", "dir"]
    located = subprocess.run(command, capture_output=True, text=True, check=False)
    if located.returncode:
        raise InputError(f"dvc cache dir: {located.stderr.strip().splitlines()[-1]}")
    files = Files(Path(located.stdout.strip()) / "files" / "md5")
    problems = list(_problems(root, files))
    for problem in problems:
        print(problem.what, *(f"    {command}" for command in problem.commands), sep="\n")
    if problems:
        raise InputError(f"{len(problems)} to mend; with a remote, dvc pull STAGE does it in place of dvc repro STAGE")
    print("locks, outputs and cache are as DVC noted them")


def _problems(root: Path, files: Files) -> Iterator[Problem]:
    listed: list[Output] = []
    for lock in lock_files(root):
        if not lock.exists():
            continue
        try:
            listed += outputs(lock, root)
        except InputError as error:
            yield Problem(f"{error}; finished stages come back from DVC's cache", (f"rm {lock}", "dvc repro"))
            yield Problem(f"    or, if {lock} was committed after the last run:", (f"git restore {lock}",))
    damaged, mended = set(files.damaged_objects()), set()
    for output in listed:
        expected = files.expected_listing(output)
        objects = {files.object(md5) for md5 in (output.md5, *(expected or {}).values())} & damaged
        mended |= objects
        if problem := _problem(output, files, expected, sorted(objects)):
            yield problem
    for file in sorted(damaged - mended):
        yield Problem(f"{file}: damaged, of a result that is no longer in use", (f"rm -f {file}",))


def _problem(output: Output, files: Files, expected: dict[str, str] | None, damaged: list[Path]) -> Problem | None:
    """What is wrong with an output. An output that is absent, as in a fresh clone, is not damaged."""
    actual = files.md5_of_output(output.path)
    if damaged:
        parts = [name for name, md5 in (expected or {}).items() if files.object(md5) in damaged]
        where = ", ".join(str(output.path / part) for part in parts) or f"list of files of {output.path}"
        remove = f"rm -rf {output.path} {' '.join(map(str, damaged))}"
        return Problem(f"{where}: damaged in DVC's cache", (remove, f"dvc repro {output.stage}"))
    if actual in (None, output.md5):
        return None
    differing = f"{output.path}: differs from what {output.stage} wrote{_parts(output, files, expected)}"
    if expected and all(files.object(md5).exists() for md5 in expected.values()):
        return Problem(differing, (f"dvc checkout --force {output.path}",))
    return Problem(differing, (f"dvc repro {output.stage}",))


def _parts(output: Output, files: Files, expected: dict[str, str] | None) -> str:
    if not expected or not output.path.is_dir():
        return ""
    actual = files.listing(output.path)
    names = sorted(name for name in expected.keys() | actual.keys() if expected.get(name) != actual.get(name))
    return f" ({', '.join(names[:5])})"
