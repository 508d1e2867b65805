"""Write embeddings (of NeRFs, of pictures) in the layout that clip-retrieval reads."""

from pathlib import Path

from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, files, schemas
from fieldlink.core.errors import InputError


def export_embeddings(embeddings: Path, objects: Path, out: Path) -> None:
    """Folders img_emb and metadata below a new folder `out`, from `nerf_embeddings` or `image_embeddings`."""
    import pyarrow.parquet as pq

    from fieldlink.exchange import clip_retrieval

    if out.exists():
        raise InputError(f"{out}: exists, expected a new folder")
    kinds = {each.name: each for each in (schemas.NERF_EMBEDDINGS, schemas.IMAGE_EMBEDDINGS)}
    name = datasets.schema_name(embeddings)
    if name not in kinds:
        raise InputError(f"{embeddings}: holds {name}, expected {' or '.join(kinds)}")
    rows = datasets.read(embeddings, kinds[name])
    ids = rows[kinds[name].key[0]].to_pylist()
    views = rows["view"].to_pylist() if "view" in rows.column_names else [None] * len(ids)
    known = {row["object_id"]: row for row in datasets.read(objects, schemas.OBJECTS).to_pylist()}
    with files.replacing(out) as temporary:
        for path in (clip_retrieval.EMBEDDINGS, clip_retrieval.METADATA):
            (temporary / path).parent.mkdir()
        vectors = clip_retrieval.units(datasets.matrix(rows["embedding"]))
        (temporary / clip_retrieval.EMBEDDINGS).write_bytes(clip_retrieval.npy(vectors))
        pq.write_table(clip_retrieval.metadata(ids, views, known), temporary / clip_retrieval.METADATA)


if __name__ == "__main__":
    run_stage(export_embeddings)
