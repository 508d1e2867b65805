"""Faults of the machine around a stage: a full disk, a closed output, edits, kills of the past, broken helper files."""

import os
import subprocess
from functools import partial
from pathlib import Path
from typing import NamedTuple

from faults.case import Case
from faults.dataset_cases import rows
from faults.stage_cases import run, start
from faults.work_cases import finish

from fieldlink.core import datasets, files
from fieldlink.core.file_locks import only_holder
from fieldlink.core.schemas import NERF_EMBEDDINGS
from fieldlink.core.scratch import scratch_folder
from fieldlink.report.study_times import StudyTimes

NOTED = "finished work; DVC notes nothing"
PARAMS = "a: {{b: {b}, c: {c}, folder: mine}}"


def old_dataset(folder: Path) -> None:
    datasets.write(folder / "set", NERF_EMBEDDINGS, [rows("ab")], "test")


def closed(folder: Path) -> str:
    read, write = os.pipe()
    os.close(read)
    stage = start("talk", folder, stdout=write)
    os.close(write)
    words = stage.communicate(timeout=300)[1]
    return f"status {stage.returncode}{words}"


def long_folder(folder: Path) -> str:
    temporary = folder / ("x" * 100)
    temporary.mkdir()
    return run("with_workers", folder, {"TMPDIR": str(temporary)})


def halves(folder: Path) -> None:
    """What a process leaves that is ended in the middle of a file and of a dataset."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    (folder / f".table.csv.{ended.pid}.writing").write_text("half")
    (folder / f".set.{ended.pid}.writing").mkdir()


def written_anew(folder: Path) -> str:
    files.write_text(folder / "table.csv", "whole")
    old_dataset(folder)
    return ", ".join(sorted(path.name for path in folder.iterdir()))


def project(folder: Path) -> None:
    """A stage of DVC that reads parameter a.b, code below fieldlink and the user's folder `mine`."""
    (folder / "dvc.yaml").write_text(
        "stages: {demo: {cmd: x, params: [a.b], deps: [fieldlink, '${a.folder}', mine/list.csv]}}"
    )
    (folder / "params.yaml").write_text(PARAMS.format(b=1, c=1))
    for file in ("fieldlink/code.py", "fieldlink/page.css", "mine/deep/photo.jpg", "mine/list.csv"):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("1")


def edited(file: str, text: str | None, folder: Path) -> str:
    """The stage's end where a file is changed while it runs; without a text it is deleted."""
    variables = {"DVC_STAGE": "demo", "FILE": file} | ({} if text is None else {"TEXT": text})
    stage = start("edit", folder, variables)
    words = stage.communicate(timeout=300)[1]
    return f"status {stage.returncode} {words}"


def busy(folder: Path) -> None:
    scratch_folder("demo").mkdir(parents=True)
    with only_holder(scratch_folder("demo") / "lock", ""):
        finish()


def speed(text: str, folder: Path) -> None:
    (folder / "speed.json").write_text(text)


def read_speed(folder: Path) -> None:
    StudyTimes.read(stages=folder / "none", naming=folder / "speed.json")


def benchmark(folder: Path) -> None:
    (folder / "fit.json").write_text('{"a": 1}')


def read_benchmark(folder: Path) -> None:
    StudyTimes.read(stages=folder / "none", benchmarks=folder)


CHANGED = "was changed while the stage ran"


class Edit(NamedTuple):
    """A file is changed while a stage runs; without a text it is deleted."""

    fault: str
    seen: str
    preserved: str
    file: str
    text: str | None


EDITS = [
    Edit(
        "a parameter is edited while its stage runs",
        f"params.yaml: a.b {CHANGED}, from 1 to 2",
        NOTED,
        "params.yaml",
        PARAMS.format(b=2, c=1),
    ),
    Edit("another parameter is edited meanwhile", "status 0", "the result", "params.yaml", PARAMS.format(b=1, c=2)),
    Edit("code is edited while a stage runs", f"code.py: {CHANGED}", NOTED, "fieldlink/code.py", "2"),
    Edit("a style sheet is edited while a stage runs", f"page.css: {CHANGED}", NOTED, "fieldlink/page.css", "2"),
    Edit("a file is added to a folder that a stage imports", f"mine/new.jpg: {CHANGED}", NOTED, "mine/new.jpg", "2"),
    Edit(
        "a file is replaced in a folder that a stage imports",
        f"mine/deep/photo.jpg: {CHANGED}",
        NOTED,
        "mine/deep/photo.jpg",
        "2",
    ),
    Edit(
        "a file is deleted from a folder that a stage imports",
        "mine: lost a file while the stage ran",
        NOTED,
        "mine/deep/photo.jpg",
        None,
    ),
    Edit("a hidden file comes into a folder that a stage imports", "status 0", "the result", "mine/.DS_Store", "2"),
]
CASES = [
    Case(
        "machine",
        "the disk is full",
        "part-00000.parquet: File too large; free some space",
        "the old dataset; no temporary file stays",
        partial(run, "fill_the_disk"),
        old_dataset,
    ),
    Case(
        "machine",
        "TMPDIR is too long for sockets",
        "too long for sockets of worker processes",
        "everything",
        long_folder,
    ),
    Case("machine", "nobody reads the output", "status 141", "everything", closed),
    Case(
        "machine",
        "a kill left half a file and half a dataset",
        "set, table.csv",
        "both are written anew, and the halves are gone",
        written_anew,
        halves,
        anew=1,
    ),
    *(
        Case("machine", edit.fault, edit.seen, edit.preserved, partial(edited, edit.file, edit.text), project, anew=1)
        for edit in EDITS
    ),
    Case(
        "machine",
        "a second run of a stage writes",
        "busy, another run of this stage is writing",
        "the first run goes on",
        busy,
    ),
    Case(
        "machine",
        "speed.json is cut short",
        "speed.json: not valid JSON",
        "everything else",
        read_speed,
        partial(speed, "{"),
    ),
    Case(
        "machine",
        "speed.json has other keys",
        "speed.json: not the keys expected",
        "everything else",
        read_speed,
        partial(speed, '{"a": 1}'),
    ),
    Case(
        "machine",
        "a benchmark's file has other keys",
        "fit.json: not the keys expected",
        "everything else",
        read_benchmark,
        benchmark,
    ),
]
