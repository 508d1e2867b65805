"""Read all of params.yaml before any other stage: DVC removes a stage's outputs before it starts the stage."""

import json
import os
from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import files
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params, load


def check_params(
    out: Annotated[Path, Doc("JSON file to write: names of the sections, whatever their values.")],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write `out` if every parameter can be used, and if no experiment would commit a folder of data into git."""
    from fieldlink.preflight.git_folders import findings

    params = load(params_file)
    if "DVC_EXP_BASELINE_REV" in os.environ:  # DVC runs an experiment
        committed = [f"{row.subject}: {row.detail}" for row in findings(params) if row.state == "missing"]
        if committed:
            raise InputError("; ".join(committed))
    files.write_text(out, json.dumps(list(Params.model_fields)) + "\n")


if __name__ == "__main__":
    run_stage(check_params)
