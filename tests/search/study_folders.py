"""Folders of studies that lack something."""

from pathlib import Path

from fieldlink.search.finished_study import Study


def folder_with(study: Study, folder: Path, left_out: set[str]) -> Path:
    """A folder with the parameters and all datasets and models of a study, but for some entries of its data."""
    (folder / "data").mkdir(parents=True)
    (folder / "params.yaml").symlink_to(study.folder / "params.yaml")
    for path in (study.folder / "data").iterdir():
        if path.name not in left_out:
            (folder / "data" / path.name).symlink_to(path)
    return folder
