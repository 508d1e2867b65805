"""Make the captioned pictures that the small CLIP learns from."""

from pathlib import Path

from stages import datasets, schemas, scratch
from stages.params import load
from stages.runtime import command


def prepare_captioned_pictures(out: Path, params: Path = Path("params.yaml")) -> None:
    """Write dataset `captioned_pictures`."""
    from stages.scenes import captioned

    settings = load(params)
    tasks, code = captioned.offered(settings), scratch.code_digest(__file__)
    finished = scratch.finish(
        "prepare_captioned_pictures",
        schemas.CAPTIONED_PICTURES,
        {picture_id: task.key(code) for picture_id, task in tasks.items()},
        lambda ids: [tasks[picture_id] for picture_id in ids],
        captioned.work,
        chunk=40 * settings.clip.pictures.per_object,
        workers=settings.runtime.workers,
        cluster=settings.runtime.cluster,
    )
    tables = finished.tables(items_per_shard=2000)
    datasets.write(out, schemas.CAPTIONED_PICTURES, tables, "prepare_captioned_pictures")


if __name__ == "__main__":
    command(prepare_captioned_pictures, preload=["stages.scenes.captioned"])
