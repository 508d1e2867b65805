"""Make the captioned pictures that the small CLIP learns from."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, digests, resume, schemas
from fieldlink.core.params import load

OBJECTS_PER_CHUNK = 40


def prepare_captioned_pictures(
    out: arguments.OutDataset, params_file: arguments.ParamsFile = Path("params.yaml")
) -> None:
    """Write dataset `captioned_pictures`."""
    from fieldlink.scenes.photos.captioned_pictures import picture_rows, picture_tasks

    params = load(params_file)
    tasks, code = picture_tasks(params), digests.code_digest(__file__)
    finished = resume.finish(
        "prepare_captioned_pictures",
        schemas.CAPTIONED_PICTURES,
        {picture_id: task.key(code) for picture_id, task in tasks.items()},
        lambda ids: [tasks[picture_id] for picture_id in ids],
        picture_rows,
        chunk=OBJECTS_PER_CHUNK * params.clip.pictures.per_object,
        workers=params.runtime.workers,
        cluster=params.runtime.cluster,
    )
    tables = finished.tables(items_per_shard=2000)
    datasets.write(out, schemas.CAPTIONED_PICTURES, tables, "prepare_captioned_pictures")


if __name__ == "__main__":
    run_stage(prepare_captioned_pictures, preload=["fieldlink.scenes.photos.captioned_pictures"])
