"""Parameters of CLIP: a published model, one of your own, or a small one trained here."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import Channels, Count, Decay, Layers, Natural, PerClass, Rate, Width

ClipSource = Literal["train", "open_clip", "module"]


class ClipPicturesParams(StrictModel):
    objects_per_class: PerClass  # objects of a class in the training pictures
    validation_objects_per_class: PerClass  # further objects of a class, for the validation loss
    per_object: Count  # pictures of an object


class ClipNetworkParams(StrictModel):
    resolution: Channels  # pixels, width and height of its input, a multiple of 32
    width: Annotated[int, Field(ge=2, le=4096, multiple_of=2)]  # channels of the image tower's first stage
    embedding: Width  # numbers in the embedding of a picture or text
    text_width: Channels  # channels of the text transformer, 32 per attention head
    text_layers: Layers  # layers of the text transformer
    context: Annotated[int, Field(ge=3, le=65_536)]  # tokens a text may have, its start and end included


class ClipTrainingParams(StrictModel):
    steps: Count  # optimizer steps
    batch: Count  # pictures per step
    matrix_learning_rate: Rate  # highest learning rate of Muon
    learning_rate: Rate  # highest learning rate of AdamW
    weight_decay: Decay  # weight decay of matrices; biases, norms and the logit scale have none
    blur: Annotated[float, Field(ge=0, le=16)]  # most pixels by which every fourth picture is blurred; 0: none
    warmup: Natural  # steps in which the learning rate rises
    validate_every: Count  # steps from one validation to the next


class ClipParams(StrictModel):
    # train (the small model), open_clip (any of its models) or module (a model of your own)
    source: ClipSource
    model: str  # name in open_clip, or package.module:function for source module; unread for train
    pretrained: str  # tag of open_clip, a file, or a folder with open_clip_config.json; for module a path
    # a change of it makes provide_clip run again: for source module its file, for a local pretrained that file or
    # folder
    code: Path
    batch: Count  # pictures per batch of the image encoder
    pictures: ClipPicturesParams  # captioned pictures from which the small model learns
    network: ClipNetworkParams  # the small model: a residual image tower and a text transformer
    # training of the small model: Muon of matrices, AdamW of the rest; rates rise linearly, then fall by a cosine
    training: ClipTrainingParams
