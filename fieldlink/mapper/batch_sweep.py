"""The trainings of Tables 4.9 and 4.10: with copies and, ours alone, without, in batches of many sizes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fieldlink.core.params import AugmentedParams, MapperParams
from fieldlink.core.variants import CLIP2NERF_COSINE, NERF2CLIP_SIGLIP, Variant
from fieldlink.mapper.mapper_tasks import MapperRun, MapperTask
from fieldlink.mapper.pairs import Pairs

TABLE_4_9 = (CLIP2NERF_COSINE, NERF2CLIP_SIGLIP)


@dataclass(frozen=True)
class BatchSweep:
    """What all trainings of a sweep share."""

    validation: Pairs
    sweep: AugmentedParams
    mapper: MapperParams
    study_seed: int
    device: str

    def tasks(self, augmented: Pairs, original: Pairs) -> list[MapperTask]:
        """One task for each row of the tables, with all seeds; its variant is the row's, `original` without copies.

        The mapper's own batch is Table 4.9's row, which the study repeats in Table 4.10: it is trained once. Both sets
        give about as many pairs an epoch: the fewer objects more of theirs. Where `augmented` is no larger, no copy
        takes part, and there are no trainings with copies.
        """
        with_copies = len(augmented.counts) > len(original.counts)
        multiple = round(len(augmented.counts) / len(original.counts))
        originals = [
            self._task(replace(row, training_set="original"), original, multiple)
            for row in self._rows(len(original.counts))
        ]
        rows = self._rows(len(augmented.counts)) if with_copies else ()
        return [*(self._task(row, augmented, 1) for row in rows), *originals]

    def _rows(self, objects: int) -> Iterator[Variant]:
        yield from TABLE_4_9
        for batch in batches_apart(self.sweep.batches, objects, self.mapper.batch):
            yield replace(NERF2CLIP_SIGLIP, batch=batch)
        for batch in batches_apart(self.sweep.equal_steps, objects, self.mapper.batch):
            yield replace(NERF2CLIP_SIGLIP, batch=batch, equal_steps=True)

    def _task(self, row: Variant, pairs: Pairs, epoch_multiple: int) -> MapperTask:
        regime = {"epochs": self.sweep.epochs, "views_per_epoch": self.sweep.views_per_epoch}
        assert row.direction
        assert row.loss
        models = [MapperRun(row.text, row.loss, seed) for seed in self.mapper.seeds]
        task = MapperTask(
            row.direction,
            models,
            pairs,
            self.validation,
            self.mapper.model_copy(update=regime),
            self.study_seed,
            self.device,
            epoch_multiple,
        )
        steps = task.all_steps if row.equal_steps else None  # of the mapper's own batch
        batch = row.batch or self.mapper.batch
        return replace(task, steps=steps, mapper=task.mapper.model_copy(update={"batch": batch}))


def batches_apart(batches: Sequence[int], objects: int, trained: int) -> list[int]:
    """Those of `batches` that differ from each other and from `trained` once none is larger than `objects`."""
    first: dict[int, int] = {}
    for batch in batches:
        first.setdefault(min(batch, objects), batch)
    return [batch for used, batch in first.items() if used != min(trained, objects)]
