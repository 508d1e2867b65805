"""All parameters of a study: the sections of params.yaml."""

from typing import Annotated

from pydantic import Field

from fieldlink.core.params.baselines import BaselinesParams
from fieldlink.core.params.clip import ClipParams
from fieldlink.core.params.embedding_spaces import EmbeddingSpacesParams
from fieldlink.core.params.finetuning import FinetuningParams
from fieldlink.core.params.generation import GenerationParams
from fieldlink.core.params.mapper import AugmentedParams, CaptionsParams, MapperParams, RetrievalParams, ZeroShotParams
from fieldlink.core.params.nerf import NerfParams
from fieldlink.core.params.nf2vec import ImportedParams, Nf2vecParams
from fieldlink.core.params.scenes import PhotosParams, ScenesParams
from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.study import ClaimsParams, IntervalsParams, ObjectClass, RuntimeParams, StudyParams
from fieldlink.core.params.syn2real import Syn2realParams

PromptTemplate = Annotated[str, Field(pattern=r"^[^{}]*\{noun\}[^{}]*$")]


class Params(StrictModel):
    study: StudyParams  # what all stages share
    runtime: RuntimeParams  # where stages compute; device and precision move results, the others at most last digits
    classes: Annotated[dict[str, ObjectClass], Field(min_length=2)]  # object classes, in the order of their labels
    scenes: ScenesParams  # objects and their posed views
    photos: PhotosParams  # queries from the real domain
    clip: ClipParams  # joint embedding of pictures and texts
    # templates by name; {noun} is a class's noun, with its article
    prompts: Annotated[dict[str, PromptTemplate], Field(min_length=1)]
    nerf: NerfParams  # one small field per object, all of one architecture
    nf2vec: Nf2vecParams  # autoencoder from a NeRF's weights to its radiance
    imported: ImportedParams  # models that were made elsewhere, or the code here that makes them
    mapper: MapperParams  # MLPs between embeddings of NeRFs and of CLIP: AdamW, one cycle of the learning rate
    zero_shot: ZeroShotParams  # classification of NeRFs by text prompts
    retrieval: RetrievalParams  # retrieval of NeRFs by views and photos
    captions: CaptionsParams  # mappers trained on captions in place of views
    embedding_spaces: EmbeddingSpacesParams  # what the spaces of nf2vec and CLIP hold of an object
    augmented: AugmentedParams  # mappers trained with and without augmented copies
    finetuning: FinetuningParams  # nf2vec's encoder trained on together with nerf2clip
    syn2real: Syn2realParams  # mappers trained on views that look like photos
    generation: GenerationParams  # NeRFs decoded from views, captions and photos
    baselines: BaselinesParams  # other embeddings of NeRFs, and CLIP without NeRFs
    intervals: IntervalsParams  # confidence intervals of the tables' numbers
    claims: ClaimsParams  # verdicts on the published claims
