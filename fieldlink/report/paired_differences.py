"""Differences of two revisions' results, paired over the queries that both answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML

from fieldlink.evaluation.measures.intervals import Interval, difference
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.saved_results import SavedResults
from fieldlink.report.cached_results import CachedResults
from fieldlink.report.headline import CLIP_RIVALS
from fieldlink.report.revision_metrics import MetricKey, metric_key
from fieldlink.report.revisions import Revision
from fieldlink.report.validation_summary import SUMMARY, summary_cells

Comparison = tuple[CellKey, CellKey]  # a mapper's cell, and its rival's


@dataclass(frozen=True)
class PairedRevisions:
    """Revisions of a repository, with the results per query that this machine's cache still has."""

    saved: CachedResults
    params_file: str  # in the repository
    _results: dict[tuple[str, str], Mapping[CellKey, SavedResults]] = field(default_factory=dict)  # by commit and split

    def differences(self, now: Revision, before: Revision) -> Mapping[MetricKey, Interval]:
        """Every cell's and summary's later result less the earlier one; none where a revision's queries are not there.

        Worlds have photos and objects of the same names that are others: revisions of two study seeds have no pairs.
        """
        params, params_before = (_params(revision, self.params_file) for revision in (now, before))
        if not params or params.get("study") != params_before.get("study"):
            return {}
        of_test = paired_differences(self._of(now, "test"), self._of(before, "test"), params)
        return of_test | summary_differences(self._of(now, "validation"), self._of(before, "validation"), params)

    def less_clip(self, revision: Revision) -> Mapping[Comparison, Interval]:
        """Every mapper less a rival that is CLIP alone, on the same queries of one revision."""
        return less_clip(self._of(revision, "test"), _params(revision, self.params_file))

    def _of(self, revision: Revision, split: str) -> Mapping[CellKey, SavedResults]:
        key = (revision.commit, split)
        if key not in self._results:
            self._results[key] = self.saved.of(revision.commit, split)
        return self._results[key]


def paired_differences(
    now: Mapping[CellKey, SavedResults], before: Mapping[CellKey, SavedResults], params: Mapping[str, Any]
) -> dict[MetricKey, Interval]:
    """The later result less the earlier one, by metric: study, group of tables, row and column.

    Cells with other queries or other training seeds are left out.
    """
    pairs = {metric_key(key): (now[key], before[key]) for key in now.keys() & before.keys()}
    return _differences(pairs, _level(params))


def summary_differences(
    now: Mapping[CellKey, SavedResults], before: Mapping[CellKey, SavedResults], params: Mapping[str, Any]
) -> dict[MetricKey, Interval]:
    """The same of the summary's numbers that are cells of tables, from results on validation objects and photos."""
    cells, cells_before = (
        summary_cells({key: float(saved.values.mean()) for key, saved in results.items()}) for results in (now, before)
    )
    names = cells.keys() & cells_before.keys()
    pairs = {(SUMMARY, name): (now[cells[name]], before[cells_before[name]]) for name in names}
    return _differences(pairs, _level(params))


def _differences(
    pairs: Mapping[MetricKey, tuple[SavedResults, SavedResults]], level: float
) -> dict[MetricKey, Interval]:
    return {
        key: difference(now.query_values, before.query_values, level)
        for key, (now, before) in pairs.items()
        if now.same_queries(before) and now.seeds == before.seeds
    }


def less_clip(results: Mapping[CellKey, SavedResults], params: Mapping[str, Any]) -> dict[Comparison, Interval]:
    """Every mapper of `CLIP_RIVALS` less each of its rivals, as far as the study has both."""
    pairs = [(mapper, clip) for mapper, rivals in CLIP_RIVALS.items() for clip in rivals]
    return {
        (mapper, clip): difference(results[mapper].query_values, results[clip].query_values, _level(params))
        for mapper, clip in pairs
        if {mapper, clip} <= results.keys()
    }


def _level(params: Mapping[str, Any]) -> float:
    return params["intervals"]["level"]


def _params(revision: Revision, name: str) -> Mapping[str, Any]:
    return YAML(typ="safe").load(revision.files[name]) if name in revision.files else {}
