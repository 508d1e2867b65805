"""The folder of DVC's cache, where there is a DVC repository."""

from pathlib import Path

from dvc.repo import Repo

from fieldlink.commands.dvc_cache import cache_folder


def test_the_cache_of_a_repository_is_its_folder_of_files_by_md5(tmp_path: Path):
    assert cache_folder(tmp_path) is None
    Repo.init(str(tmp_path), no_scm=True).close()
    assert cache_folder(tmp_path) == tmp_path / ".dvc/cache/files/md5"
