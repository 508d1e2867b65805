"""params.yaml as strict, frozen, typed objects: an unknown, missing or mistyped key is an error that names it.

There are no defaults: params.yaml is the whole truth of what ran.
"""

import difflib
import json
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, ValidationError, model_validator
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML, YAMLError

from fieldlink.core.cluster import Cluster
from fieldlink.core.errors import InputError

Share = Annotated[float, Field(ge=0, le=1)]
Natural = Annotated[int, Field(ge=0)]
Loss = Literal["cosine", "siglip", "softmax", "mse"]
Objective = Literal["siglip", "cosine", "cosine+rec decoder_unfrozen", "cosine+rec decoder_frozen"]
Prompt = Annotated[str, Field(pattern=r"^[^{}]*\{noun\}[^{}]*$")]


class StrictModel(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


Model = TypeVar("Model", bound=StrictModel)


class StudyParams(StrictModel):
    seed: Natural


class RuntimeParams(StrictModel):
    device: Literal["cpu", "cuda"]
    workers: PositiveInt
    engine: Literal["local", "ray"]
    address: str
    nerfs_at_once: PositiveInt
    precision: Literal["float32", "bfloat16", "float16"]

    @property
    def cluster(self) -> Cluster | None:
        """The Ray that does the work object by object; None for worker processes of this machine."""
        return Cluster(self.address, gpu=self.device == "cuda") if self.engine == "ray" else None


class ObjectClass(StrictModel):
    synset: Annotated[str, Field(pattern=r"^\d{8}$")]
    noun: str  # with its article, as prompts say it


class SplitParams(StrictModel):
    train: PositiveInt
    validation: PositiveInt
    test: PositiveInt


class ScenesParams(StrictModel):  # read by scenes/
    source: Literal["catalogue", "meshes", "shapenet", "disn", "blender", "nerfs"]
    folder: Path
    objects_per_class: PositiveInt
    split: SplitParams
    splits: Path
    captions: Path
    copies: Annotated[int, Field(ge=0, le=2)]
    leak: Literal["none", "official"]
    views: PositiveInt
    resolution: Annotated[int, Field(ge=8, le=4096)]
    most_rejected: Share


class PhotosParams(StrictModel):  # read by scenes/
    source: Literal["catalogue", "folder", "domainnet"]
    folder: Path
    per_class: PositiveInt
    resolution: Annotated[int, Field(ge=8, le=4096)]
    most_rejected: Share


class ClipPicturesParams(StrictModel):
    objects_per_class: PositiveInt
    per_object: PositiveInt


class ClipNetworkParams(StrictModel):  # of the small model, read by clip/small.py
    resolution: Annotated[int, Field(ge=32, multiple_of=32)]
    width: Annotated[int, Field(ge=2, multiple_of=2)]
    embedding: PositiveInt
    text_width: Annotated[int, Field(ge=32, multiple_of=32)]
    text_layers: PositiveInt
    context: Annotated[int, Field(ge=3)]


class ClipTrainingParams(StrictModel):
    steps: PositiveInt
    batch: PositiveInt
    learning_rate: PositiveFloat
    weight_decay: Annotated[float, Field(ge=0)]
    warmup: Natural


class ClipParams(StrictModel):  # read by clip/
    source: Literal["train", "open_clip", "module"]
    model: str
    pretrained: str
    code: Path
    batch: PositiveInt
    pictures: ClipPicturesParams
    network: ClipNetworkParams
    training: ClipTrainingParams


class HashGridParams(StrictModel):  # read by nerf/encodings/hash_grid.py
    levels: PositiveInt
    log2_table: Annotated[int, Field(ge=1, le=24)]
    features: PositiveInt
    coarsest: PositiveInt
    growth: Annotated[float, Field(ge=1)]


class FieldParams(StrictModel):
    encoding: Literal["frequency", "hash"]
    octaves: PositiveInt
    hash: HashGridParams | None = None  # may be left out where no hash grid is meant
    units: PositiveInt
    hidden_layers: PositiveInt
    outputs: Annotated[int, Field(ge=4)]

    @model_validator(mode="after")
    def _has_its_section(self) -> "FieldParams":
        """An encoding with a section of its own name needs it; the others may be left out."""
        if getattr(self, self.encoding, self) is None:
            section, _ = get_args(type(self).model_fields[self.encoding].annotation)
            keys = ", ".join(section.model_fields)
            raise ValueError(f"encoding {self.encoding} needs the keys of '{self.encoding}' ({keys})")
        return self


class StartParams(StrictModel):  # read by nerf/metalearning.py
    kind: Literal["meta_learned", "random"]
    objects_per_class: PositiveInt
    resolution: PositiveInt
    rounds: PositiveInt
    batch: PositiveInt
    steps: PositiveInt
    learning_rate: PositiveFloat
    rate: PositiveFloat


class FittingParams(StrictModel):  # read by nerf/fitting.py
    steps: PositiveInt
    rays: PositiveInt
    samples: PositiveInt
    learning_rate: PositiveFloat
    schedule: Literal["cosine", "drops"]
    held_out: tuple[Natural, ...]
    occupancy: PositiveInt
    gate: float


class RenderingParams(StrictModel):  # read by nerf/rendering.py
    step: PositiveFloat


class NerfParams(StrictModel):
    field: FieldParams
    start: StartParams
    fitting: FittingParams
    rendering: RenderingParams
    most_rejected: Share


class ImportedParams(StrictModel):  # read by the stages in whose place it comes
    nerfs: Path
    nf2vec: Path


class Nf2vecTrainingParams(StrictModel):
    steps: PositiveInt
    batch: PositiveInt
    points: PositiveInt
    rays: PositiveInt
    candidates: PositiveInt
    samples: PositiveInt
    learning_rate: PositiveFloat
    schedule: Literal["constant", "cosine"]
    weight_decay: Annotated[float, Field(ge=0)]
    precision: Literal["float32", "bfloat16"]
    validate_every: PositiveInt


class Nf2vecParams(StrictModel):  # read by nf2vec/
    layout: Literal["official", "per_input"]
    supervision: Literal["points", "rays"]
    encoder: tuple[PositiveInt, ...]
    embedding: PositiveInt
    centred: bool
    decoder: PositiveInt
    training: Nf2vecTrainingParams


class MapperParams(StrictModel):  # read by mapper/
    hidden: tuple[PositiveInt, ...]
    learning_rate: PositiveFloat
    weight_decay: Annotated[float, Field(ge=0)]
    epochs: PositiveInt
    views_per_epoch: PositiveInt
    batch: PositiveInt
    batches: Literal["reshuffled", "fixed"]
    validate_every: PositiveInt
    seeds: Annotated[tuple[Natural, ...], Field(min_length=1)]


class ZeroShotParams(StrictModel):
    views: Annotated[tuple[PositiveInt, ...], Field(min_length=1)]
    losses: Annotated[tuple[Loss, ...], Field(min_length=1)]


class RetrievalParams(StrictModel):
    losses: Annotated[tuple[Loss, ...], Field(min_length=1)]
    ranks: Annotated[tuple[PositiveInt, ...], Field(min_length=1)]


class CaptionsParams(StrictModel):
    losses: Annotated[tuple[Loss, ...], Field(min_length=1)]
    epochs: PositiveInt


class HeadsParams(StrictModel):  # read by heads/
    hidden: tuple[PositiveInt, ...]
    dropout: Annotated[float, Field(ge=0, lt=1)]
    learning_rate: PositiveFloat
    weight_decay: Annotated[float, Field(ge=0)]
    epochs: PositiveInt
    batch: PositiveInt
    validate_every: PositiveInt


class EmbeddingSpacesParams(StrictModel):
    nerf2clip: Loss
    clip2nerf: Loss
    perplexity: PositiveFloat
    neighbours: PositiveInt
    alphas: Annotated[int, Field(ge=2)]
    heads: HeadsParams


class AugmentedParams(StrictModel):
    batches: Annotated[tuple[PositiveInt, ...], Field(min_length=1)]
    epochs: PositiveInt
    views_per_epoch: PositiveInt


class FinetuningParams(StrictModel):  # read by finetuning/
    objectives: Annotated[tuple[Objective, ...], Field(min_length=1)]
    epochs: PositiveInt
    batch: Annotated[int, Field(ge=2)]
    mapping_batch: Annotated[int, Field(ge=2)]
    learning_rate: PositiveFloat
    mapper_learning_rate: PositiveFloat
    weight_decay: Annotated[float, Field(ge=0)]
    reconstruction: PositiveFloat
    batch_norm: Literal["trained", "frozen"]


class ControlNetParams(StrictModel):  # read by syn2real/controlnet.py
    model: str
    controlnet: str
    prompts: Path
    size: Annotated[int, Field(ge=64, multiple_of=8)]
    steps: PositiveInt
    guidance: PositiveFloat
    precision: Literal["float16", "bfloat16", "float32"]


class Syn2realParams(StrictModel):
    translator: Literal["procedural", "controlnet"]
    views: PositiveInt
    gt_views: Literal["random", "same"]
    views_per_epoch: PositiveInt
    losses: Annotated[tuple[Loss, ...], Field(min_length=1)]
    controlnet: ControlNetParams


class GenerationParams(StrictModel):  # read by generation/
    per_class: PositiveInt
    losses: Annotated[tuple[Loss, ...], Field(min_length=1)]
    views: Annotated[tuple[Natural, ...], Field(min_length=1)]
    cells: Annotated[int, Field(ge=2)]
    step: PositiveFloat


class ModulationParams(StrictModel):  # read by baselines/modulation.py
    latent: PositiveInt
    width: PositiveInt
    layers: PositiveInt
    pool: Annotated[int, Field(ge=2)]
    points: PositiveInt
    steps: PositiveInt
    fit_steps: PositiveInt
    learning_rate: PositiveFloat
    latent_rate: PositiveFloat


class BaselinesParams(StrictModel):  # its modulation read by baselines/
    components: PositiveInt
    modulation: ModulationParams
    clip2nerf: Loss
    nerf2clip: Loss
    epochs: PositiveInt
    depth_views: PositiveInt


class IntervalsParams(StrictModel):  # read by evaluation/intervals.py
    resamples: PositiveInt
    level: Annotated[float, Field(gt=0, lt=1)]


class ClaimsParams(StrictModel):  # read by evaluation/claims.py
    margin: PositiveFloat
    resamples: PositiveInt


class Params(StrictModel):
    study: StudyParams
    runtime: RuntimeParams
    classes: Annotated[dict[str, ObjectClass], Field(min_length=2)]
    scenes: ScenesParams
    photos: PhotosParams
    clip: ClipParams
    prompts: Annotated[dict[str, Prompt], Field(min_length=1)]
    nerf: NerfParams
    nf2vec: Nf2vecParams
    imported: ImportedParams
    mapper: MapperParams
    zero_shot: ZeroShotParams
    retrieval: RetrievalParams
    captions: CaptionsParams
    embedding_spaces: EmbeddingSpacesParams
    augmented: AugmentedParams
    finetuning: FinetuningParams
    syn2real: Syn2realParams
    generation: GenerationParams
    baselines: BaselinesParams
    intervals: IntervalsParams
    claims: ClaimsParams

    @model_validator(mode="after")
    def _trains_what_is_read(self) -> "Params":
        """Other studies read mappers of the retrieval study."""
        trained, spaces = self.retrieval.losses, self.embedding_spaces
        read_yaml = {
            "embedding_spaces.nerf2clip": spaces.nerf2clip,
            "embedding_spaces.clip2nerf": spaces.clip2nerf,
            "the original of finetuning": "cosine",
        }
        if lacking := [f"{loss} ({reader})" for reader, loss in read_yaml.items() if loss not in trained]:
            raise ValueError(f"retrieval.losses: {list(trained)} given; expected to hold {', '.join(lacking)} too")
        return self


def load(path: Path) -> Params:
    """Read and check params.yaml; raises `InputError` with every wrong key, what came and what was expected."""
    return read_yaml(path, Params)


def read_yaml(path: Path, model: type[Model]) -> Model:
    """A YAML file as a strict object, checked as params.yaml is."""
    try:
        values = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        return model.model_validate_json(json.dumps(values))  # strict, yet lists may fill tuples
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except YAMLError as error:
        raise InputError(f"{path}: not valid YAML: {error}") from error
    except ValidationError as error:
        raise InputError("\n".join(f"{path}: {_words(found, model)}" for found in error.errors())) from error


def _words(found: ErrorDetails, model: type[BaseModel]) -> str:
    key, given = ".".join(str(part) for part in found["loc"]), found["input"]
    if found["type"] == "extra_forbidden":
        return f"{key}: unknown key{_near(found['loc'], model)}"
    if found["type"] == "missing":
        return f"{key}: missing"
    if not key:  # of the whole file, which needn't be shown
        return found["msg"].removeprefix("Value error, ")
    return f"{key}: {given!r} given; {found['msg']}"


def _near(loc: tuple[int | str, ...], model: type[BaseModel]) -> str:
    """The closest known key beside the unknown one, if any is close."""
    for part in loc[:-1]:
        kind = model.model_fields[str(part)].annotation if str(part) in model.model_fields else None
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return ""
        model = kind
    close = difflib.get_close_matches(str(loc[-1]), model.model_fields, n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""
