"""Convert NeRFs that the official nf2vec code fitted, so that a study can start at train_nf2vec (README)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stages import datasets, schemas
from stages.errors import InputError
from stages.params import load
from stages.runtime import command, progress

if TYPE_CHECKING:
    from stages.exchange.importing import Imported

AT_ONCE = 64  # NeRFs whose files one process opens
SPLIT = "undecided"  # prepare_scenes deals them out


def import_nerfs(
    folder: Path, out: Path, measured: int = 4, resolution: int = 224, params: Path = Path("params.yaml")
) -> None:
    """Write datasets `objects`, `views`, `nerfs` and `rejected` below `out`, from a `folder` in the official layout.

    `measured` pictures a NeRF are compared with its render. Without pictures views are rendered, at `resolution`.
    """
    from stages.exchange import importing, official
    from stages.scenes import views

    settings, stage = load(params), "import_nerfs"
    names = {each.synset: name for name, each in settings.classes.items()}
    places, rejected = importing.sorted_out(official.places(folder), list(names))
    how = importing.How(settings.nerf, measured, resolution, settings.runtime.device)
    objects: list[dict[str, Any]] = []
    with datasets.replacing(out) as temporary:
        for name in ("objects", "views", "nerfs", "rejected"):
            (temporary / name).mkdir()
        for number, start in enumerate(progress(range(0, len(places), AT_ONCE), stage, "batches")):
            found: list[Imported] = []
            for each in importing.imported(places[start : start + AT_ONCE], how):
                if isinstance(each, tuple):
                    rejected[each[0].object_id] = str(each[1])
                else:
                    found.append(each)
            if found:
                posed = views.joined([views.columns(each.place.object_id, each.views) for each in found])
                for schema, columns in ((schemas.VIEWS, posed), (schemas.NERFS, _nerfs(found))):
                    path = temporary / schema.name / f"part-{number:05d}.parquet"
                    datasets.write_shard(path, schema, datasets.table(schema, columns), stage)
                objects += [_object(each, names) for each in found]
        if not objects:
            raise InputError(f"{folder}: no NeRF can be used ({'; '.join(list(rejected.values())[:3])})")
        columns = {name: [row[name] for row in objects] for name in schemas.OBJECTS.columns}
        datasets.write(temporary / "objects", schemas.OBJECTS, [datasets.table(schemas.OBJECTS, columns)], stage)
        ids = sorted(rejected)
        reasons = {"stage": [stage] * len(ids), "id": ids, "reason": [rejected[name] for name in ids]}
        datasets.write(temporary / "rejected", schemas.REJECTED, [datasets.table(schemas.REJECTED, reasons)], stage)
    print(f"import_nerfs: {len(objects)} NeRFs in {out}, {len(rejected)} set aside")


def _nerfs(found: "list[Imported]") -> dict[str, Any]:
    import numpy as np

    quality = {"psnr_train": [each.frame for each in found], "psnr_train_foreground": [e.foreground for e in found]}
    held_out = dict.fromkeys(("psnr_heldout", "psnr_heldout_foreground"), [float("nan")] * len(found))
    return {
        "object_id": [each.place.object_id for each in found],
        "weights": np.stack([each.weights for each in found]),
        "occupancy": [each.occupancy for each in found],
        **quality,
        **held_out,
    }


def _object(each: "Imported", names: dict[str, str]) -> dict[str, Any]:
    place = each.place
    own = {"object_id": place.object_id, "base_object_id": place.base, "augmentation": place.augmentation}
    return own | {
        "class_name": names[place.synset],
        "synset": place.synset,
        "split": SPLIT,
        "source": "nerfs",
        "caption": None,
    }


if __name__ == "__main__":
    command(import_nerfs)
