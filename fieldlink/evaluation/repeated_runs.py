"""Which rows of the study's tables are one run under several names, as data, and the check that no others are.

Any other two runs with identical predictions mean a variant without effect.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import combinations
from typing import Any, NamedTuple, get_args

from fieldlink.core.errors import InputError
from fieldlink.core.params import Loss
from fieldlink.core.query_domains import DOMAIN_NAMES, PictureDomain
from fieldlink.core.variants import CLIP2NERF_COSINE, NERF2CLIP_SIGLIP, NF2VEC, Direction, Variant, parse
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.saved_results import SavedResults
from fieldlink.evaluation.study_tables import (
    AUGMENTED,
    BASELINES,
    BATCHES,
    FINETUNED_CLIP2NERF,
    FINETUNED_NERF2CLIP,
    OWN_TEMPLATE,
    RETRIEVAL,
    RETRIEVAL_BY_CLIP_ALONE,
    TEXT_RETRIEVAL,
    study_table,
)
from fieldlink.evaluation.table_type import ZERO_SHOT_METRIC
from fieldlink.evaluation.tables.zero_shot import TABLE_OF_TEMPLATE


class Run(NamedTuple):
    """The training behind some cells: one for all ranks and metrics of a row, another for each loss or prompt."""

    table: str
    row: str
    column: str = ""  # of a zero-shot table: loss or prompt
    setting: str = ""  # of the row

    def __str__(self) -> str:
        return ": ".join(part for part in self[:3] if part)


@dataclass(frozen=True)
class Runs:
    """Runs whose row is `row` once its fields `free` are left out."""

    table: str  # `*` and `?` stand for any text, [12] for either
    row: Variant
    free: tuple[str, ...] = ()
    column: str = "*"
    one_by_setting: bool = False  # several rows of it are one run where their settings agree

    def include(self, run: Run) -> bool:
        if not (fnmatchcase(run.table, self.table) and fnmatchcase(run.column, self.column)):
            return False
        variant, unset = parse(run.row), dict[str, Any].fromkeys(self.free)
        left = {name for name, value in vars(variant).items() if value and name not in self.free}
        return bool(left) and replace(variant, **unset) == self.row


BESIDE_TUNED = replace(CLIP2NERF_COSINE, reference="original")
BEST_VIEWS = Variant(direction="nerf2clip", loss="cosine", reference="original best views")


def _of_retrieval(row: Variant, domain: PictureDomain) -> tuple[Runs, ...]:
    """One mapper of the retrieval study, searched with views or photos, and all that may repeat it."""
    joined = Variant(concatenation="concat weighted", query_domain=DOMAIN_NAMES[domain])
    names = [
        Runs(RETRIEVAL[domain].number, row),
        Runs("4.7", joined),  # a joined space weighted 0 or 1 is one of the two
        Runs(BASELINES[domain].number, replace(row, space=NF2VEC)),  # where baselines.epochs are mapper.epochs
    ]
    if row.direction == "nerf2clip":
        names.append(Runs(FINETUNED_NERF2CLIP[domain].number, row))
    if row == CLIP2NERF_COSINE:
        names += [Runs(tables[domain].number, BESIDE_TUNED) for tables in (FINETUNED_NERF2CLIP, FINETUNED_CLIP2NERF)]
    if row in (CLIP2NERF_COSINE, NERF2CLIP_SIGLIP):  # where scenes.copies is 0
        originals = replace(row, training_set="original")
        swept = originals, replace(originals, equal_steps=True)
        names.append(Runs(AUGMENTED[domain].number, originals))
        names += [Runs(BATCHES[domain].number, variant, free=("batch",)) for variant in swept]
    return tuple(names)


# Each line is one run under several names.
REPEATED_RUNS: tuple[tuple[Runs, ...], ...] = (
    *(  # the batch of Table 4.9, whichever it is
        (
            Runs(AUGMENTED[domain].number, row),
            Runs(BATCHES[domain].number, row, free=("batch",), one_by_setting=True),  # batches capped alike
            Runs(BATCHES[domain].number, replace(row, equal_steps=True), free=("batch",), one_by_setting=True),
        )
        for domain in get_args(PictureDomain)
        for row in (NERF2CLIP_SIGLIP, replace(NERF2CLIP_SIGLIP, training_set="original"))
    ),
    *(
        _of_retrieval(Variant(direction=direction, loss=loss), domain)
        for direction in get_args(Direction)
        for loss in get_args(Loss)
        for domain in get_args(PictureDomain)
    ),
    (  # weighted ½
        Runs("4.7", Variant(concatenation="concat l2"), free=("query_domain",)),
        Runs("4.7", Variant(concatenation="concat weighted"), free=("query_domain",)),
    ),
    *(  # 4.1 with a space: templates of a user's own
        (
            Runs(table, Variant(direction="nerf2clip"), free=("source", "views"), column="cosine"),
            Runs("4.11a", BEST_VIEWS, column=prompt),
        )
        for prompt, table in (*TABLE_OF_TEMPLATE.items(), ("*", f"{OWN_TEMPLATE}*"))
    ),
    *(  # objects with a single view
        (
            Runs(table.number, Variant(method="CLIP mean", shifted=shifted)),
            Runs(table.number, Variant(method="CLIP all", shifted=shifted)),
            Runs(table.number, Variant(method="CLIP all distinct", shifted=shifted)),
        )
        for table in (*RETRIEVAL_BY_CLIP_ALONE.values(), *TEXT_RETRIEVAL.values())
        for shifted in (False, True)
    ),
)


def require_distinct_runs(
    results: Mapping[CellKey, SavedResults], repeated: Iterable[tuple[Runs, ...]] = REPEATED_RUNS
) -> None:
    """Raises where two runs that may not be one predicted the same with any seed, and names both."""
    runs: dict[str, set[Run]] = {}
    for key, result in results.items():
        for digest in () if study_table(key.table).other_measures else result.digests:
            runs.setdefault(digest, set()).add(run_of(key, result.setting))
    for same in runs.values():
        for first, second in combinations(sorted(same), 2):
            if not any(_one_run(first, second, group) for group in repeated):
                raise InputError(
                    f"answers: Table {first} and Table {second} have identical predictions, and the study calls"
                    " neither a repeat of the other: what should tell them apart had no effect"
                )


def run_of(key: CellKey, setting: str = "") -> Run:
    """The run behind a cell with that setting."""
    return Run(key.table, key.row, key.column if key.metric == ZERO_SHOT_METRIC else "", setting)


def _one_run(first: Run, second: Run, group: tuple[Runs, ...]) -> bool:
    """Whether two runs are one under two different names of a group, or by their setting."""
    names_of_first = {name for name in group if name.include(first)}
    names_of_second = {name for name in group if name.include(second)}
    if first.setting == second.setting and any(name.one_by_setting for name in names_of_first & names_of_second):
        return True
    return bool(names_of_first) and bool(names_of_second) and len(names_of_first | names_of_second) > 1
