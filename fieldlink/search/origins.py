"""The origin of a study's answers: its repository, its models and the collection."""

from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from fieldlink.core import digests
from fieldlink.core.git import git_output
from fieldlink.search.answers import Origin
from fieldlink.search.collection import Collection
from fieldlink.search.models import DIGITS, Models

OTHER_MODELS = "which does not note these models"


def origin_of(folder: Path, models: Models, collection: Collection) -> Origin:
    """The origin of answers of the study in `folder`."""
    return Origin(
        study=str(folder.resolve()),
        commit=commit_of(folder, models.paths.nf2vec),
        params=digests.digest_of(models.params.model_dump(mode="json"))[:DIGITS],
        clip=models.clip_name,
        nf2vec=models.digests["nf2vec"],
        collection=str(collection.folder.resolve()),
        objects=len(collection.ids),
    )


def commit_of(folder: Path, nf2vec: Path) -> str:
    """The commit of the repository that holds a study, with a + where files differ from it; '' outside of one.

    It gets a remark where the study's dvc.lock notes another nf2vec: models of another run or from elsewhere, or a
    repository that isn't the study's.
    """
    commit = git_output(folder, "rev-parse", "--short=12", "HEAD", check=False).strip()
    if not commit:
        return ""
    changes = git_output(folder, "status", "--porcelain", "--untracked-files=no", check=False)
    text = f"{commit}+" if changes else commit
    return text if folder_md5(nf2vec) in _noted_md5s(folder / "dvc.lock") else f"{text}, {OTHER_MODELS}"


def folder_md5(folder: Path) -> str:
    """The MD5 that DVC notes of a folder: of a list of its files and theirs."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return digests.listing_md5({name: digests.file_md5(path) for name, path in paths.items()})


def _noted_md5s(lock: Path) -> set[str]:
    """The MD5s of all that stages wrote, by a dvc.lock file."""
    try:
        stages = YAML(typ="safe").load(lock.read_text(encoding="utf-8"))["stages"]
        return {out.get("md5", "") for stage in stages.values() for out in stage.get("outs", [])}
    except (OSError, ValueError, YAMLError, LookupError, TypeError, AttributeError):  # none, or none of DVC's
        return set()
