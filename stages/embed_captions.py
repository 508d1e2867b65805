"""Embed the captions of objects with the text tower of CLIP."""

from pathlib import Path

from stages import datasets
from stages.params import load
from stages.runtime import command
from stages.schemas import CAPTION_EMBEDDINGS, OBJECTS


def embed_captions(objects: Path, clip: Path, out: Path, params: Path = Path("params.yaml")) -> None:
    """Write `caption_embeddings` of all objects that have a caption; no rows where a source gives none."""
    import pyarrow.compute as pc

    from stages.clip import encoders

    rows = datasets.read(objects, OBJECTS, ["object_id", "caption"]).filter(pc.field("caption").is_valid())
    captions = rows["caption"].to_pylist()
    with encoders.ready(clip, load(params).runtime) as encoder:
        vectors = encoder.texts([*captions, ""])[:-1]  # never without a text
    columns = {"object_id": rows["object_id"].to_pylist(), "caption": captions, "embedding": vectors}
    datasets.write(out, CAPTION_EMBEDDINGS, [datasets.table(CAPTION_EMBEDDINGS, columns)], "embed_captions")


if __name__ == "__main__":
    command(embed_captions)
