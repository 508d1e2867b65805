"""Default parameters and profiles, which are part of the package for use outside a checkout."""

import sys
from pathlib import Path

PACKAGE_DEFAULTS = Path(__file__).resolve().parents[1] / "defaults"
PARAMS_FILE = Path("params.yaml")
PROFILES = Path("profiles")


def params_or_default(params_file: Path) -> Path:
    """`params_file`, or the package's own where there is no params.yaml, with a note on standard error."""
    if params_file != PARAMS_FILE or params_file.exists():
        return params_file
    default = PACKAGE_DEFAULTS / PARAMS_FILE
    print(f"{params_file}: no such file here, the default parameters are used ({default})", file=sys.stderr)
    return default


def profiles_or_default(profiles: Path) -> Path:
    """`profiles`, or the package's own where there is no such folder."""
    return PACKAGE_DEFAULTS / PROFILES if profiles == PROFILES and not profiles.is_dir() else profiles
