"""The trainings of Tables 4.9 and 4.10: with copies and, ours alone, without, in batches of many sizes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fieldlink.core.params import AugmentedParams, MapperParams
from fieldlink.core.variants import CLIP2NERF_COSINE, NERF2CLIP_SIGLIP, Variant
from fieldlink.mapper.mapper_tasks import MapperRun, MapperTask
from fieldlink.mapper.pair_sampler import Sampler
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
            for row in self._rows(original, multiple)
        ]
        rows = self._rows(augmented, 1) if with_copies else ()
        return [*(self._task(row, augmented, 1) for row in rows), *originals]

    @property
    def _regime(self) -> MapperParams:
        changes = {"epochs": self.sweep.epochs, "views_per_epoch": self.sweep.views_per_epoch}
        return self.mapper.model_copy(update=changes)

    def _rows(self, pairs: Pairs, epoch_multiple: int) -> Iterator[Variant]:
        yield from TABLE_4_9
        largest = Sampler.of(pairs.counts, self._regime, epoch_multiple).largest_batch
        for batch in batches_apart(self.sweep.batches, largest, self.mapper.batch):
            yield replace(NERF2CLIP_SIGLIP, batch=batch)
        for batch in batches_apart(self.sweep.equal_steps, largest, self.mapper.batch):
            yield replace(NERF2CLIP_SIGLIP, batch=batch, equal_steps=True)

    def _task(self, row: Variant, pairs: Pairs, epoch_multiple: int) -> MapperTask:
        assert row.direction
        assert row.loss
        models = [MapperRun(row.text, row.loss, seed) for seed in self.mapper.seeds]
        task = MapperTask(
            row.direction,
            models,
            pairs,
            self.validation,
            self._regime,
            self.study_seed,
            self.device,
            epoch_multiple,
        )
        steps = task.all_steps if row.equal_steps else None  # of the mapper's own batch
        batch = row.batch or self.mapper.batch
        return replace(task, steps=steps, mapper=task.mapper.model_copy(update={"batch": batch}))


def batches_apart(batches: Sequence[int], largest: int, trained: int) -> list[int]:
    """Those of `batches` that differ from each other and from `trained` once none is larger than `largest`."""
    first: dict[int, int] = {}
    for batch in batches:
        first.setdefault(min(batch, largest), batch)
    return [batch for used, batch in first.items() if used != min(trained, largest)]
