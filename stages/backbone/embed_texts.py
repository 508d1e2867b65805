"""Embed the texts of the study, class prompts and objects' captions, with the text tower of CLIP."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import CAPTION_EMBEDDINGS, OBJECTS, PROMPT_EMBEDDINGS


def embed_texts(
    objects: arguments.Objects,
    clip: arguments.ClipModel,
    prompts: Annotated[Path, Doc("Dataset of embeddings of the classes' prompts to write.")],
    captions: Annotated[Path, Doc("Dataset of embeddings of the objects' captions to write.")],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write `prompt_embeddings`, each template filled with each class's noun, and `caption_embeddings` of `objects`.

    Objects without a caption have no row.
    """
    import pyarrow.compute as pc

    from fieldlink.clip import encoders
    from fieldlink.clip.prompts import filled_prompts

    params = load(params_file)
    class_prompts = filled_prompts(params.prompts, params.classes)
    rows = datasets.read(objects, OBJECTS, ["object_id", "caption"]).filter(pc.field("caption").is_valid())
    texts = rows["caption"].to_pylist()
    with encoders.loaded_encoder(clip, params.runtime) as encoder:
        prompt_embeddings = encoder.texts([prompt.text for prompt in class_prompts])
        caption_embeddings = encoders.embedded_texts(encoder, texts)
    columns = {
        "template": [prompt.template for prompt in class_prompts],
        "class_name": [prompt.class_name for prompt in class_prompts],
        "prompt": [prompt.text for prompt in class_prompts],
        "embedding": prompt_embeddings,
    }
    datasets.write(prompts, PROMPT_EMBEDDINGS, [datasets.table(PROMPT_EMBEDDINGS, columns)], "embed_texts")
    columns = {"object_id": rows["object_id"].to_pylist(), "caption": texts, "embedding": caption_embeddings}
    datasets.write(captions, CAPTION_EMBEDDINGS, [datasets.table(CAPTION_EMBEDDINGS, columns)], "embed_texts")


if __name__ == "__main__":
    run_stage(embed_texts)
