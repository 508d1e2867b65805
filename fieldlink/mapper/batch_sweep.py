"""The trainings of Tables 4.9 and 4.10: with copies and, as ours, without; in batches of many sizes."""

from fieldlink.core.params import AugmentedParams, Loss, MapperParams
from fieldlink.core.variants import Direction, TrainingSet, Variant
from fieldlink.mapper.mapper_tasks import MapperRun, MapperTask
from fieldlink.mapper.pairs import Pairs

TABLE_4_9: list[tuple[Direction, Loss, None]] = [("clip2nerf", "cosine", None), ("nerf2clip", "siglip", None)]


def tasks(
    augmented: Pairs,
    original: Pairs,
    validation: Pairs,
    sweep: AugmentedParams,
    mapper: MapperParams,
    study_seed: int,
    device: str,
) -> list[MapperTask]:
    """One task for each row of the tables, with all seeds; its variant is the row's, `original` without copies.

    The mapper's own batch is Table 4.9's row, which the study repeats in Table 4.10: it is trained once. Every other
    row is a training of its own. Both sets give about as many pairs an epoch: the fewer objects more of theirs. Where
    `augmented` is no larger, no copy takes part, and there are no trainings with copies.
    """
    rows: list[tuple[Direction, Loss, int | None]] = [
        *TABLE_4_9,
        *(("nerf2clip", "siglip", batch) for batch in sweep.batches if batch != mapper.batch),
    ]
    regime = {"epochs": sweep.epochs, "views_per_epoch": sweep.views_per_epoch}

    def task(
        row: tuple[Direction, Loss, int | None], pairs: Pairs, training_set: TrainingSet | None, epoch_multiple: int
    ) -> MapperTask:
        direction, loss, batch = row
        variant = Variant(direction=direction, loss=loss, batch=batch, training_set=training_set)
        return MapperTask(
            direction,
            [MapperRun(variant.text, loss, seed) for seed in mapper.seeds],
            pairs,
            validation,
            mapper.model_copy(update={**regime, "batch": batch or mapper.batch}),
            study_seed,
            device,
            epoch_multiple,
        )

    with_copies = len(augmented.counts) > len(original.counts)
    multiple = round(len(augmented.counts) / len(original.counts))
    return [
        *(task(row, augmented, None, 1) for row in rows if with_copies),
        *(task(row, original, "original", multiple) for row in rows),
    ]
