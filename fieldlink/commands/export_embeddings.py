"""Write embeddings (of NeRFs, of pictures) in the layout that clip-retrieval reads."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands.arguments import NewFolder, Objects
from fieldlink.commands.flag_style import DATASET, FOLDER
from fieldlink.core import datasets, files, schemas
from fieldlink.core.errors import InputError


def export_embeddings(
    embeddings: Annotated[Path, DATASET, Doc("Dataset of embeddings: of NeRFs or of pictures.")],
    objects: Annotated[Objects, DATASET],
    out: Annotated[NewFolder, FOLDER],
) -> None:
    """Write embeddings and their metadata as clip-retrieval reads them: folders img_emb and metadata."""
    import pyarrow.parquet as pq

    from fieldlink.exchange import clip_retrieval

    if out.exists():
        raise InputError(f"{out}: exists, expected a new folder")
    accepted = {schema.name: schema for schema in (schemas.NERF_EMBEDDINGS, schemas.IMAGE_EMBEDDINGS)}
    name = datasets.schema_name(embeddings)
    if name not in accepted:
        raise InputError(f"{embeddings}: holds {name}, expected {' or '.join(accepted)}")
    rows = datasets.read(embeddings, accepted[name])
    ids = rows[accepted[name].key[0]].to_pylist()
    views = rows["view"].to_pylist() if "view" in rows.column_names else [None] * len(ids)
    object_rows = {row["object_id"]: row for row in datasets.read(objects, schemas.OBJECTS).to_pylist()}
    with files.replacing(out) as temporary:
        for path in (clip_retrieval.EMBEDDINGS, clip_retrieval.METADATA):
            (temporary / path).parent.mkdir()
        vectors = clip_retrieval.unit_rows(datasets.matrix(rows["embedding"]))
        (temporary / clip_retrieval.EMBEDDINGS).write_bytes(clip_retrieval.npy_bytes(vectors))
        pq.write_table(clip_retrieval.metadata(ids, views, object_rows), temporary / clip_retrieval.METADATA)
