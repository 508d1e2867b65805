"""Do experiments find the folders that parameters name, and does git stay free of their data?"""

from pathlib import Path

from fieldlink.core.git import git_output
from fieldlink.core.nested_values import dotted_values
from fieldlink.core.params import Params
from fieldlink.core.params.path_keys import path_keys
from fieldlink.preflight.findings import Finding


def findings(params: Params) -> list[Finding]:
    """Rows about folders of data inside the repository that git doesn't track; none for other folders."""
    values = dotted_values(params.model_dump(mode="json"))
    paths = {key: Path(values[key]) for key in path_keys(Params) if values[key]}
    rows = [_finding(key, path) for key, path in paths.items() if path.exists()]
    return [row for row in rows if row]


def _finding(parameter: str, path: Path) -> Finding | None:
    inside = path.resolve().is_relative_to(Path.cwd().resolve())
    if not inside or not _git("rev-parse", "--git-dir") or _git("ls-files", "--", str(path)):
        return None
    if not _git("check-ignore", str(path)):
        detail = f"{path}: not ignored by git, so that dvc exp run would commit it; move it to datasets/ or elsewhere"
        return Finding(parameter, "missing", detail)
    if path.is_absolute():
        return None
    return Finding(parameter, "note", f"{path}: dvc exp run --temp and --queue need {path.resolve()} in its place")


def _git(*arguments: str) -> str:
    """Output of a command of git in this folder; '' where it fails, and without git."""
    return git_output(Path(), *arguments, check=False)
