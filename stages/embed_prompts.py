"""Embed every prompt of the study with the text tower of CLIP."""

from pathlib import Path

from stages import datasets, schemas
from stages.params import load
from stages.runtime import command


def embed_prompts(clip: Path, out: Path, params: Path = Path("params.yaml")) -> None:
    """Write `prompt_embeddings`: each template of the parameters, filled with each class's noun."""
    from stages.clip import encoders, prompts

    how = load(params)
    filled = prompts.filled(how.prompts, how.classes)
    with encoders.ready(clip, how.runtime) as encoder:
        vectors = encoder.texts([prompt.text for prompt in filled])
    columns = {
        "template": [prompt.template for prompt in filled],
        "class_name": [prompt.class_name for prompt in filled],
        "prompt": [prompt.text for prompt in filled],
        "embedding": vectors,
    }
    datasets.write(
        out, schemas.PROMPT_EMBEDDINGS, [datasets.table(schemas.PROMPT_EMBEDDINGS, columns)], "embed_prompts"
    )


if __name__ == "__main__":
    command(embed_prompts)
