"""Do experiments find the folders that parameters name, and does git stay free of their data?"""

import subprocess
from pathlib import Path

from fieldlink.core.params import Params
from fieldlink.preflight.findings import Finding


def findings(params: Params) -> list[Finding]:
    """Rows about folders of data inside the repository that git doesn't track; none for other folders."""
    paths = {
        "scenes.folder": params.scenes.folder,
        "scenes.splits": params.scenes.splits,
        "scenes.captions": params.scenes.captions,
        "photos.folder": params.photos.folder,
        "imported.nerfs": params.imported.nerfs,
        "imported.nf2vec": params.imported.nf2vec,
    }
    rows = [_finding(name, Path(path)) for name, path in paths.items() if Path(path).exists()]
    return [row for row in rows if row]


def _finding(parameter: str, path: Path) -> Finding | None:
    inside = path.resolve().is_relative_to(Path.cwd().resolve())
    if not inside or not _git("rev-parse", "--git-dir") or _git("ls-files", "--error-unmatch", str(path)):
        return None
    if not _git("check-ignore", "-q", str(path)):
        detail = f"{path}: not ignored by git, so that dvc exp run would commit it; move it to datasets/ or elsewhere"
        return Finding(parameter, "missing", detail)
    if path.is_absolute():
        return None
    return Finding(parameter, "note", f"{path}: dvc exp run --temp and --queue need {path.resolve()} in its place")


def _git(*arguments: str) -> bool:
    """Whether a command of git succeeds; False without git."""
    try:
        return subprocess.run(["git", *arguments], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
