"""What a page is made of: the study's tables, and readers of pictures; None where this run has none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fieldlink.core.params import Params
from fieldlink.report.benchmarks import Benchmark
from fieldlink.report.claims_section import Claim
from fieldlink.report.result_tables import Key, Result
from fieldlink.report.speed import Speed

Reader = Callable[[Sequence[str]], pa.Table]  # the rows of these ids


@dataclass(frozen=True)
class Study:
    """Inputs of the result page. Tables are datasets' rows; readers fetch pictures of the few ids shown."""

    params: Params
    objects: pa.Table | None = None
    photos: pa.Table | None = None  # without their pictures
    nerfs: pa.Table | None = None  # without their weights
    neighbours: pa.Table | None = None
    projections: pa.Table | None = None
    rejected: pa.Table | None = None
    generated: pa.Table | None = None
    views_of: Reader | None = None
    renders_of: Reader | None = None
    photos_of: Reader | None = None
    curves: Mapping[str, pa.Table] = field(default_factory=dict)
    results: Sequence[Result] = ()
    published: Sequence[Result] = ()
    spread: Mapping[Key, tuple[float, float]] = field(default_factory=dict)  # over training seeds
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    claims: Sequence[Claim] = ()
    times: Sequence[Mapping[str, Any]] = ()
    speed: Speed | None = None
    benchmarks: Sequence[Benchmark] = ()

    @property
    def class_of(self) -> dict[str, str]:
        """Class by object id and by photo id."""
        classes: dict[str, str] = {}
        for rows, key in ((self.objects, "object_id"), (self.photos, "photo_id")):
            if rows is not None:
                classes |= dict(zip(rows[key].to_pylist(), rows["class_name"].to_pylist(), strict=True))
        return classes

    @property
    def originals(self) -> list[str]:
        """Ids of the objects that are nobody's copy: those that were rendered."""
        if self.objects is None:
            return []
        return self.objects.filter(pc.field("augmentation") == 0)["object_id"].to_pylist()

    @property
    def shown_view(self) -> int:
        """The view that pictures show: the first held-out one, the very first where none is held out."""
        return next(iter(self.params.nerf.fitting.held_out), 0)
