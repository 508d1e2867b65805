"""Check a machine before a long run: data, models, memory, disk, and the hours that it will take."""

from typing import Annotated

from fieldlink.commands.arguments import ParamsFile
from fieldlink.commands.default_files import PARAMS_FILE, params_or_default
from fieldlink.commands.flag_style import FILE
from fieldlink.core.errors import InputError
from fieldlink.core.params import load


def preflight(params_file: Annotated[ParamsFile, FILE] = PARAMS_FILE) -> None:
    """Print a table of what a study needs and what is there. Anything that is missing makes the command fail."""
    from fieldlink.preflight import checks
    from fieldlink.preflight.findings import table

    findings = checks.findings(load(params_or_default(params_file)))
    print(table(findings))
    if missing := sum(finding.state == "missing" for finding in findings):
        raise InputError(f"{missing} missing: see the table")
