"""Check a machine before a long run: are data and models there, is there room, and how many hours will it take?"""

from fieldlink.commands.arguments import ParamsFile
from fieldlink.commands.default_files import PARAMS_FILE, params_or_default
from fieldlink.core.errors import InputError
from fieldlink.core.params import load


def preflight(params_file: ParamsFile = PARAMS_FILE) -> None:
    """Print a table of what a study needs and what is there; anything that is missing makes the command fail."""
    from fieldlink.preflight import checks
    from fieldlink.preflight.findings import table

    findings = checks.findings(load(params_or_default(params_file)))
    print(table(findings))
    if missing := sum(finding.state == "missing" for finding in findings):
        raise InputError(f"{missing} missing: see the table")
