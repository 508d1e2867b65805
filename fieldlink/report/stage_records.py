"""What DVC recorded of each stage that ran: command, parameters, and digests of all that it read and wrote."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from fieldlink.core.errors import InputError


@dataclass(frozen=True)
class StageRecord:
    """A stage of a dvc.lock file. Paths are relative to the repository."""

    name: str  # as dvc repro takes it
    command: str
    params: dict[str, Any]  # by dotted key
    deps: dict[str, str]  # MD5 by path
    outs: dict[str, str]


def read_stage_records(repository: Path) -> list[StageRecord]:
    """Every stage of the root's dvc.lock and of the studies'. Raises `InputError` where no stage has run."""
    records = []
    for lock in filter(Path.is_file, lock_files(repository)):
        records += stage_records(lock.read_text(encoding="utf-8"), stage_prefix(lock, repository))
    if not records:
        raise InputError(f"{repository.resolve()}: no dvc.lock, so no stage has run here; run dvc repro")
    return records


def lock_files(repository: Path) -> list[Path]:
    """The lock beside every dvc.yaml of a checkout. It need not exist."""
    pipelines = (repository / "dvc.yaml", *sorted(repository.glob("pipelines/*/dvc.yaml")))
    return [file.with_name("dvc.lock") for file in pipelines]


def stage_prefix(lock: Path, repository: Path) -> str:
    """What stands before the names of a lock's stages, as `dvc repro` takes them."""
    return "" if lock.parent == repository else f"{lock.parent.relative_to(repository)}/dvc.yaml:"


def stage_records(text: str, prefix: str) -> list[StageRecord]:
    """The stages of one dvc.lock file. `prefix`: that of their names."""
    stages = YAML(typ="safe").load(text).get("stages") or {}
    return [_record(f"{prefix}{name}", stage) for name, stage in stages.items()]


def upstream(records: Sequence[StageRecord], path: str) -> list[StageRecord]:
    """The stage that writes `path` and all stages before it, each after those whose outputs it reads."""
    stages: dict[str, StageRecord] = {}

    def visit(record: StageRecord) -> None:
        if record.name not in stages:
            for dep in record.deps:
                for writer in _writers(records, dep):
                    visit(writer)
            stages[record.name] = record

    for writer in _writers(records, path):
        visit(writer)
    return list(stages.values())


def _writers(records: Iterable[StageRecord], path: str) -> list[StageRecord]:
    """The stages that write a path, something in it, or the folder that it is in."""
    return [
        record
        for record in records
        if any(out == path or f"{path}/".startswith(f"{out}/") or out.startswith(f"{path}/") for out in record.outs)
    ]


def _record(name: str, stage: dict[str, Any]) -> StageRecord:
    params: dict[str, Any] = {}
    for of_file in stage.get("params", {}).values():
        params |= of_file
    deps, outs = ({entry["path"]: entry.get("md5", "") for entry in stage.get(kind, [])} for kind in ("deps", "outs"))
    return StageRecord(name, stage["cmd"], params, deps, outs)
