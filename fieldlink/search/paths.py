"""Where a finished study's datasets and models lie: outputs of its dvc.yaml files."""

from dataclasses import dataclass
from pathlib import Path

from fieldlink.core.errors import InputError

STUDIES = ("retrieval", "captions", "zero_shot", "syn2real", "augmented")  # whose mappers are of nf2vec's space


@dataclass(frozen=True)
class CollectionPaths:
    """The datasets of a collection of NeRFs; those of a study are its `data`."""

    folder: Path

    @property
    def objects(self) -> Path:
        return self.folder / "objects"

    @property
    def views(self) -> Path:
        return self.folder / "views"

    @property
    def nerfs(self) -> Path:
        return self.folder / "nerfs"

    @property
    def nerf_embeddings(self) -> Path:
        return self.folder / "embeddings" / "nerfs"

    @property
    def view_embeddings(self) -> Path:
        return self.folder / "embeddings" / "views"

    @property
    def rendered_view_embeddings(self) -> Path:
        """Only in a study."""
        return self.folder / "embeddings" / "rendered_views"

    @property
    def description(self) -> Path:
        """The models that made the vectors; only in a collection of a user's own."""
        return self.folder / "collection.json"

    @property
    def sources(self) -> Path:
        """Files that objects were made from; only in a collection of a user's own."""
        return self.folder / "sources"

    @property
    def rejected(self) -> Path:
        """Meshes that can't be used, with reasons; only in a collection of a user's own."""
        return self.folder / "rejected"

    @property
    def projections(self) -> Path:
        """Only in a study."""
        return self.folder / "embedding_spaces" / "projections"


@dataclass(frozen=True)
class StudyPaths:
    """The parameters and models of a study."""

    folder: Path

    @property
    def params(self) -> Path:
        return self.folder / "params.yaml"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def clip(self) -> Path:
        return self.data / "models" / "clip"

    @property
    def nf2vec(self) -> Path:
        return self.data / "models" / "nf2vec"

    @property
    def nerf_start(self) -> Path:
        return self.data / "models" / "nerf_start"

    @property
    def prompts(self) -> Path:
        return self.data / "embeddings" / "prompts"

    @property
    def captioned_pictures(self) -> Path:
        """The training pictures of a small CLIP."""
        return self.data / "captioned_pictures"

    @property
    def own_collection(self) -> Path:
        """The collection of a user's objects, unless the user names another folder. Git ignores it."""
        return self.folder / "datasets" / "collection"

    def mappers(self, study: str) -> Path:
        return self.data / study / "mappers"


def check_study(folder: Path) -> StudyPaths:
    """The paths of a study. Raises `InputError` if parameters or models are missing."""
    paths = StudyPaths(folder)
    if not paths.params.is_file():
        raise InputError(f"{folder}: no params.yaml, expected a finished study, or a folder with its models")
    for path in (paths.clip, paths.nf2vec):
        if not path.is_dir():
            raise InputError(f"{path}: missing; run the study first (make study), or dvc checkout what it made")
    return paths
