"""The folder of DVC's cache."""

from pathlib import Path


def cache_folder(repository: Path) -> Path | None:
    """DVC's folder of files by MD5, for the repository in this folder; None where there is no DVC repository."""
    from dvc.exceptions import NotDvcRepoError
    from dvc.repo import Repo

    try:
        return Path(Repo(str(repository)).cache.local.path)
    except NotDvcRepoError:
        return None
