"""Verify a study's files by DVC's digests of them, and print the commands that mend damaged ones."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from fieldlink.commands.dvc_outputs import Files, Output, outputs, stages_with_outputs
from fieldlink.core.errors import InputError
from fieldlink.report.stage_records import lock_files


class Problem(NamedTuple):
    """A fault, and the commands that mend it, to be run in this order."""

    text: str
    commands: tuple[str, ...] = ()
    lock: Path | None = None  # the file at fault, which git may hold whole


def check() -> None:
    """Compare locks, outputs (datasets, models, tables, page) and DVC's cache byte by byte. Run it in the checkout.

    Damage is printed with the commands that mend it, and makes the command fail.
    """
    root = Path()
    if not (root / ".dvc").is_dir():
        raise InputError("no .dvc here, expected the checkout of a study")
    command = [sys.executable, "-m", "dvc", "cache", "dir"]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    if process.returncode:
        raise InputError(f"dvc cache dir: {process.stderr.strip().splitlines()[-1]}")
    files = Files(Path(process.stdout.strip()) / "files" / "md5")
    problems = list(_problems(root, files))
    for problem in problems:
        print(problem.text, *(f"    {command}" for command in problem.commands), sep="\n")
        if problem.lock:
            print(f"    or, if {problem.lock} was committed after the last run:\n    git restore {problem.lock}")
    if problems:
        raise InputError(f"{len(problems)} to mend; with a remote, dvc pull STAGE does it in place of dvc repro STAGE")
    print("locks, outputs and cache are as DVC noted them")


def _problems(root: Path, files: Files) -> Iterator[Problem]:
    if _is_cut_short(running := root / ".dvc" / "tmp" / "rwlock"):
        yield Problem(f"{running}: cut short when DVC was killed, and DVC refuses to run for it", (f"rm {running}",))
    all_outputs, problems = _locked_outputs(root)
    yield from problems or _missing_entries(root, {output.stage for output in all_outputs})
    damaged_objects, objects_of_outputs = set(files.damaged_objects()), set[Path]()
    for output in all_outputs:
        expected = files.expected_listing(output)
        objects = {files.object(md5) for md5 in (output.md5, *(expected or {}).values())} & damaged_objects
        objects_of_outputs |= objects
        if problem := _problem(output, files, expected, sorted(objects)):
            yield problem
    for file in sorted(damaged_objects - objects_of_outputs):
        yield Problem(f"{file}: damaged, of a result that is no longer in use", (f"rm -f {file}",))


def _locked_outputs(root: Path) -> tuple[list[Output], list[Problem]]:
    """Outputs of all lock files that can be read, and the faults of the others."""
    all_outputs, problems = list[Output](), list[Problem]()
    for lock in filter(Path.exists, lock_files(root)):
        try:
            all_outputs += outputs(lock, root)
        except InputError as error:
            text = f"{error}; finished stages come back from DVC's cache"
            problems.append(Problem(text, (f"rm {lock}", "dvc repro"), lock))
    return all_outputs, problems


def _missing_entries(root: Path, locked: set[str]) -> Iterator[Problem]:
    """Locks that say nothing of some stages: such a lock is cut off between two stages or gone, or they never ran."""
    missing: dict[Path, list[str]] = {}
    for stage in sorted(stages_with_outputs(root) - locked):
        pipeline = root / (stage.rpartition(":")[0] or "dvc.yaml")
        missing.setdefault(pipeline.with_name("dvc.lock"), []).append(stage.rpartition(":")[2])
    for lock, names in missing.items():
        shown = f"{', '.join(names[:5])}{f' and {len(names) - 5} more' if len(names) > 5 else ''}"
        text = f"{lock}: no entry of {shown}, which never ran, or the file was cut off or deleted"
        yield Problem(f"{text}; finished stages come back from DVC's cache", ("dvc repro",), lock)


def _is_cut_short(path: Path) -> bool:
    """Whether a JSON file is there and can't be read."""
    try:
        json.loads(path.read_bytes())
    except FileNotFoundError:
        return False
    except ValueError:
        return True
    return False


def _problem(output: Output, files: Files, expected: dict[str, str] | None, objects: list[Path]) -> Problem | None:
    """The fault of an output. `objects`: damaged ones of it. An absent output, as in a fresh clone, has no fault."""
    actual = files.md5_of_output(output.path)
    if objects:
        parts = [name for name, md5 in (expected or {}).items() if files.object(md5) in objects]
        where = ", ".join(str(output.path / part) for part in parts) or f"list of files of {output.path}"
        remove = f"rm -rf {output.path} {' '.join(map(str, objects))}"
        return Problem(f"{where}: damaged in DVC's cache", (remove, f"dvc repro {output.stage}"))
    if actual in (None, output.md5):
        return None
    text = f"{output.path}: differs from what {output.stage} wrote{_parts(output, files, expected)}"
    remove = f"rm -rf {output.path}"  # DVC goes by sizes and times, and would leave a file whose bits flipped
    is_cached = expected and all(files.object(md5).exists() for md5 in expected.values())
    return Problem(text, (remove, f"dvc checkout --force {output.path}" if is_cached else f"dvc repro {output.stage}"))


def _parts(output: Output, files: Files, expected: dict[str, str] | None) -> str:
    if not expected or not output.path.is_dir():
        return ""
    actual = files.listing(output.path)
    names = sorted(name for name in expected.keys() | actual.keys() if expected.get(name) != actual.get(name))
    return f" ({', '.join(names[:5])})"
