"""Answers of a study: rows of objects or labels, and the models and the collection that they come from."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from jaxtyping import Float

from fieldlink.core.variants import Direction

if TYPE_CHECKING:
    import pandas as pd

QueryKind = Literal["text", "image", "mesh", "nerf"]
Seed = int | Literal["mean"]  # of training, 0 where nothing is trained; the mean cosine over all of them


@dataclass(frozen=True)
class Origin:
    """The study, the models and the collection of an answer."""

    study: str  # folder of the study that made the models, absolute
    commit: str  # of the study, with + where files differ, with a remark where it notes other models; "" without git
    params: str  # first 12 digits of the digest of params.yaml
    clip: str  # name of the CLIP, and the first 12 digits of its folder's digest
    nf2vec: str  # first 12 digits of its folder's digest
    collection: str  # folder of the collection that was searched, absolute
    objects: int  # NeRFs in it


@dataclass(frozen=True)
class Query:
    """A question as vectors. The vector of a space is None until a search in it needs one."""

    kind: QueryKind
    name: str  # the text itself, the path of a file, or an object's id
    digest: str  # of its content
    foreign: bool  # not of the collection that is searched
    clip: Float[np.ndarray, " clip"] | None = None  # of a text or picture; of a NeRF the mean of its rendered views
    nerf: Float[np.ndarray, " nf2vec"] | None = None  # of a NeRF or mesh
    stored: "StoredNerf | None" = None  # the NeRF itself
    note: str = ""  # what a mesh is drawn without

    def as_dict(self) -> dict[str, Any]:
        """All but the vectors and the NeRF, for JSON."""
        return {name: getattr(self, name) for name in ("kind", "name", "digest", "foreign", "note")}


@dataclass(frozen=True)
class AnswerRow:
    """An object of an answer."""

    id: str
    score: float  # cosine, −1 to 1; the mean over training seeds for seed "mean"
    class_name: str | None  # None: it has no label
    split: str | None
    caption: str | None
    paths: Mapping[str, str]  # of the files that hold its nerf and its views; in a collection also its source

    @property
    def file(self) -> str:
        """The file that the object was made from, else the one that holds its NeRF."""
        return self.paths.get("source") or self.paths.get("nerf", "")

    def as_dict(self) -> dict[str, Any]:
        """The row for JSON."""
        return {**asdict(self), "paths": dict(self.paths)}


@dataclass(frozen=True)
class Answer:
    """Objects, nearest first."""

    rows: Sequence[AnswerRow]
    by: str  # name of the `SearchSpace`
    seed: Seed
    query: Query
    origin: Origin
    warning: str = ""  # what a user should know of the score of this query

    def frame(self) -> "pd.DataFrame":
        """The rows as a table, with a column for each field."""
        import pandas as pd

        return pd.DataFrame([row.as_dict() for row in self.rows])

    def as_dict(self) -> dict[str, Any]:
        """All but the vectors, for JSON."""
        rows = [row.as_dict() for row in self.rows]
        return {"query": self.query.as_dict(), "rows": rows, **_origin_fields(self)}


@dataclass(frozen=True)
class Label:
    """A prompt, and how near the query is to it."""

    label: str  # a class's name, or the user's prompt
    score: float  # cosine, −1 to 1


@dataclass(frozen=True)
class Classification:
    """Labels, nearest first. The second opinion is CLIP's, which sees four views of the NeRF."""

    labels: Sequence[Label]
    by: str  # name of the nerf2clip's `SearchSpace`; "clip" for a picture
    seed: Seed
    query: Query
    origin: Origin
    second_opinion: Sequence[Label] = ()  # of a NeRF or mesh
    warning: str = ""

    def as_dict(self) -> dict[str, Any]:
        """All but the vectors, for JSON."""
        opinions = {name: [asdict(label) for label in getattr(self, name)] for name in ("labels", "second_opinion")}
        return {"query": self.query.as_dict(), **opinions, **_origin_fields(self)}


@dataclass(frozen=True)
class SearchSpace:
    """A space to search in: that of a trained mapper, of nf2vec or of CLIP. The empty text where no mapper is used."""

    name: str  # as `by` takes it
    direction: Direction | Literal[""]  # of the mapper
    loss: str  # of the mapper
    study: str  # that trained the mapper: retrieval, captions, …
    seeds: Sequence[int]
    for_kinds: Sequence[QueryKind]  # of queries that have a vector in it


@dataclass(frozen=True)
class ObjectPage:
    """The data of one object: labels, PSNR, views and files."""

    id: str
    class_name: str | None
    split: str | None
    caption: str | None
    base_id: str  # the object that this one is an augmented copy of; its own id for an original
    augmentation: int  # 0 = original
    psnr: Mapping[str, float | None]  # dB, by the columns of dataset `nerfs`: psnr_train, …; None: not measured
    views: Sequence[int]  # numbers of its ground-truth views
    paths: Mapping[str, str]


@dataclass(frozen=True)
class StoredNerf:
    """A NeRF: weights layer by layer, each (out, in) row-major; the grid's packed bits, C order over x, y, z."""

    weights: Float[np.ndarray, " weight"]
    occupancy: bytes  # 1 = may hold matter; `cells` per axis in the box [−0.7, 0.7]³
    cells: int


@dataclass(frozen=True)
class MapPoints:
    """A space in two dimensions: places of objects, no unit. Of a study's t-SNE these are its test objects alone."""

    space: str
    ids: Sequence[str]
    classes: Sequence[str | None]
    positions: Float[np.ndarray, "object 2"]


@dataclass(frozen=True)
class Additions:
    """The objects of a folder of meshes that a collection now holds, and what can't be used of it."""

    ids: Sequence[str]  # of the objects that are new in it
    replaced: Sequence[str]  # ids of the objects whose files look otherwise now
    unchanged: Sequence[str]  # ids of the objects that were in it already, from the same files
    rejected: Mapping[str, str]  # id: reason
    notes: Mapping[str, str]  # id: what the object is drawn without
    other_files: Mapping[str, int]  # numbers of files that aren't read, by suffix


@dataclass(frozen=True)
class AddResult(Additions):
    """What `Study.add` did."""

    collection: str  # folder, absolute
    origin: Origin


def _origin_fields(answer: Answer | Classification) -> dict[str, Any]:
    return {"by": answer.by, "seed": answer.seed, "origin": asdict(answer.origin), "warning": answer.warning}
