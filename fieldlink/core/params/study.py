"""Parameters of the whole study: its seed, where it runs, its classes; intervals and claims."""

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat

from fieldlink.core.cluster import Cluster
from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import Count, Seed


class StudyParams(StrictModel):
    seed: Seed  # all other seeds derive from it and from names, such as an object's id


class RuntimeParams(StrictModel):
    device: Literal["cpu", "cuda"]  # device of tensors: cpu or cuda
    workers: Annotated[
        int, Field(ge=1, le=1024)
    ]  # single-threaded worker processes of stages that work object by object
    engine: Literal["local", "ray"]  # who runs their work: local (worker processes of this machine) or ray
    address: str  # host:port of a Ray cluster's head; '' starts Ray on this machine alone
    nerfs_at_once: Count  # NeRFs per batch of nf2vec's encoder; clip.batch is the same for pictures
    # precision of embedding by CLIP and nf2vec: float32, bfloat16 or float16 (for a GPU)
    precision: Literal["float32", "bfloat16", "float16"]

    @property
    def cluster(self) -> Cluster | None:
        """The Ray that does the work object by object; None for worker processes of this machine."""
        return Cluster(self.address, gpu=self.device == "cuda") if self.engine == "ray" else None


class ObjectClass(StrictModel):
    synset: Annotated[str, Field(pattern=r"^\d{8}$")]  # WordNet offset of 8 digits; a text, so keep the quotes
    noun: str  # noun with its article, as prompts and captions say it


class IntervalsParams(StrictModel):
    level: Annotated[float, Field(gt=0, lt=1)]  # confidence, between 0 and 1


class ClaimsParams(StrictModel):
    margin: PositiveFloat  # points within which "no gain" and "equal" may lie
    draws: Count  # random draws of a claim's parts together, which say how far their levels must be corrected
