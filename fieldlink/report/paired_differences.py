"""Differences of two revisions' results, paired over the queries that both answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ruamel.yaml import YAML

from fieldlink.core.errors import InputError
from fieldlink.evaluation.measures.intervals import Interval, difference
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.saved_results import SavedResults, require_same_queries
from fieldlink.evaluation.study_tables import study_table
from fieldlink.report.revisions import Revision
from fieldlink.report.saved_answers import SavedAnswers

MetricKey = tuple[str, ...]


@dataclass(frozen=True)
class PairedRevisions:
    """Revisions of a repository, with the results per query that this machine's cache still has."""

    saved: SavedAnswers
    params_file: str  # in the repository
    _answers: dict[str, Mapping[CellKey, SavedResults]] = field(default_factory=dict)  # by commit

    def differences(self, now: Revision, before: Revision) -> Mapping[MetricKey, Interval]:
        """Every cell's later result less the earlier one; none where either revision's queries are not there."""
        if self.params_file not in now.files:
            return {}
        return paired_differences(self._of(now), self._of(before), now.files[self.params_file])

    def _of(self, revision: Revision) -> Mapping[CellKey, SavedResults]:
        if revision.commit not in self._answers:
            self._answers[revision.commit] = self.saved.of(revision.commit)
        return self._answers[revision.commit]


def paired_differences(
    now: Mapping[CellKey, SavedResults], before: Mapping[CellKey, SavedResults], params_text: str
) -> dict[MetricKey, Interval]:
    """The later result less the earlier one, by metric: study, group of tables, row and column.

    `params_text`: params.yaml, for the intervals. Cells that were asked other queries are left out.
    """
    if not (now.keys() & before.keys()):
        return {}
    params = YAML(typ="safe").load(params_text)
    level, differences = params["intervals"]["level"], {}
    for key in now.keys() & before.keys():
        pair = {key._replace(row="now"): now[key], key._replace(row="before"): before[key]}
        try:
            require_same_queries(pair)
        except InputError:
            continue
        differences[metric_key(key)] = difference(now[key].answers, before[key].answers, level)
    return differences


def metric_key(key: CellKey) -> MetricKey:
    """Where a study's metrics file has the number of a table's cell."""
    table = study_table(key.table)
    return (table.study, table.group, key.row, key.column)
