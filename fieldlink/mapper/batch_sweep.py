"""The trainings of Tables 4.9 and 4.10: with copies and, as ours, without; in batches of many sizes."""

from fieldlink.core.params import AugmentedParams, Loss, MapperParams
from fieldlink.mapper.mapper_tasks import MapperRun, MapperTask
from fieldlink.mapper.pairs import Direction, Pairs

ROWS: dict[str, tuple[Direction, Loss]] = {
    "clip2nerf cosine": ("clip2nerf", "cosine"),
    "nerf2clip siglip": ("nerf2clip", "siglip"),
}
SWEPT = "nerf2clip siglip"


def tasks(
    augmented: Pairs,
    original: Pairs,
    validation: Pairs,
    sweep: AugmentedParams,
    how: MapperParams,
    study_seed: int,
    device: str,
) -> list[MapperTask]:
    """One per row of the tables, named as there, all seeds in it; on `original` with that word added.

    The mapper's own batch is Table 4.9's row, which the study repeats in Table 4.10: it is trained once. Every other
    row is a training of its own. Both sets give about as many pairs an epoch: the fewer objects more of theirs. Where
    `augmented` is no larger, no copy takes part, and there are no trainings with copies.
    """
    swept = {f"{SWEPT} batch={batch}": batch for batch in sweep.batches if batch != how.batch}
    rows = dict.fromkeys(ROWS, how.batch) | swept
    more = round(len(augmented.counts) / len(original.counts))
    both = [(augmented, 1, ""), (original, more, " original")]
    copies = len(augmented.counts) > len(original.counts)
    found = []
    for pairs, times, suffix in both if copies else both[1:]:
        for row, batch in rows.items():
            direction, loss = ROWS[row.partition(" batch=")[0]]
            changes = {"batch": batch, "epochs": sweep.epochs, "views_per_epoch": sweep.views_per_epoch}
            models = [MapperRun(f"{row}{suffix}", loss, seed) for seed in how.seeds]
            own = how.model_copy(update=changes)
            found.append(MapperTask(direction, models, pairs, validation, own, study_seed, device, times))
    return found
