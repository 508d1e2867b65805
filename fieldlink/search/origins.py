"""The origin of a study's answers: its repository, its models and the collection."""

from pathlib import Path

from fieldlink.core import digests
from fieldlink.core.git import git_output
from fieldlink.search.answers import Origin
from fieldlink.search.collection import Collection
from fieldlink.search.models import DIGITS, Models


def origin_of(folder: Path, models: Models, collection: Collection) -> Origin:
    """The origin of answers of the study in `folder`."""
    commit = git_output(folder, "rev-parse", "--short=12", "HEAD", check=False).strip()
    changes = commit and git_output(folder, "status", "--porcelain", "--untracked-files=no", check=False)
    return Origin(
        study=str(folder),
        commit=f"{commit}+" if changes else commit,
        params=digests.digest_of(models.params.model_dump(mode="json"))[:DIGITS],
        clip=models.clip_name,
        nf2vec=models.digests["nf2vec"],
        collection=str(collection.folder),
        objects=len(collection.ids),
    )
