"""The one use of git by the library: the output of its commands."""

import subprocess
from pathlib import Path

from fieldlink.core.errors import InputError


def git_output(repository: Path, *arguments: str, check: bool = True) -> str:
    """Output of a git command run in `repository`; where it fails, an `InputError`, or '' without `check`."""
    try:
        result = subprocess.run(["git", *arguments], cwd=repository, capture_output=True, check=False)
    except FileNotFoundError:
        if check:
            raise
        return ""
    if result.returncode and check:
        raise InputError(f"git {' '.join(arguments)} in {repository.resolve()}: {result.stderr.decode().strip()}")
    return "" if result.returncode else result.stdout.decode("utf-8")
