"""The runner of stages: `run_stage` turns a stage's signature into flags, and records its seconds for the report."""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import wraps
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

from fieldlink.commands import import_interrupts  # noqa: F401
from fieldlink.commands.command_line import run_function
from fieldlink.commands.stage_inputs import StageInputs
from fieldlink.core.scratch import scratch_folder


def run_stage(stage: Callable[..., Any], preload: Sequence[str] = ()) -> None:
    """Run a stage from the command line `python -m stages.<study>.<stage>`. Messages name it `<study>.<stage>`.

    `preload`: modules that the stage's workers share, imported by the process they are forked from. A stage that DVC
    runs writes its seconds into the scratch folder `times`, and fails if its parameters or code change meanwhile.
    """
    start = time.monotonic()
    spec = sys.modules["__main__"].__spec__  # of the module that `python -m` runs
    name = spec.name.removeprefix("stages.") if spec else stage.__name__
    inputs = StageInputs() if "DVC_STAGE" in os.environ else None

    @wraps(stage)
    def stage_and_check(*values: Any, **flags: Any) -> None:
        stage(*values, **flags)
        if inputs is not None:
            inputs.check()

    run_function(stage_and_check, name=name, prog=f"python -m {spec.name}" if spec else None, preload=preload)
    if inputs is not None:
        _record_seconds(name, time.monotonic() - start)


def _record_seconds(stage: str, seconds: float) -> None:
    folder, out = scratch_folder("times"), output_of(sys.argv)
    folder.mkdir(parents=True, exist_ok=True)
    record = {"stage": stage, "out": out, "seconds": round(seconds, 2)}
    (folder / f"{stage}-{out.replace('/', '-')}.json").write_text(json.dumps(record) + "\n", encoding="utf-8")


def output_of(words: Sequence[str]) -> str:
    """The last two parts of the path of a command's output, or ''. They tell apart two uses of one stage.

    The output is `--out`, or the folder in it with the name of the one dataset of `--images`.
    """
    out = [Path(value) for flag, value in pairwise(words) if flag == "--out"]
    images = [words[index + 1 :] for index, word in enumerate(words) if word == "--images"]
    datasets = [list(takewhile(lambda word: not word.startswith("--"), values)) for values in images]
    below = [folder / Path(names[0]).name for folder in out for names in datasets if len(names) == 1]
    return " ".join("/".join(folder.parts[-2:]) for folder in below or out)
