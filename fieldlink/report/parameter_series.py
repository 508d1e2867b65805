"""Revisions that differ in one parameter, and their metrics against it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fieldlink.report.headline import HEADLINE
from fieldlink.report.revision_metrics import MetricKey, MetricValue, RevisionComparison, metric_key
from fieldlink.report.validation_summary import SUMMARY

SEED_KEY = ("study", "seed")
SEED = ".".join(SEED_KEY)  # worlds differ in it: fieldlink worlds report


@dataclass(frozen=True)
class ParameterSeries:
    """Revisions by the value of the one parameter that they differ in, smallest first."""

    parameter: str  # dotted
    comparisons: Sequence[tuple[str, RevisionComparison]]  # by value
    left_out: Sequence[str] = ()  # names of further revisions that have the value of another one

    @property
    def reference(self) -> RevisionComparison:
        """What the others are compared with: the commit that experiments started from, or else the smallest value."""
        comparisons = [comparison for _, comparison in self.comparisons]
        return next((entry for entry in comparisons if not entry.now.revision.baseline), comparisons[0])

    @property
    def others(self) -> list[str]:
        """Further parameters that differ, which a series asked for by name may have."""
        params = [comparison.now.params for _, comparison in self.comparisons]
        keys = dict.fromkeys(key for of_one in params for key in of_one)
        varied = (".".join(key) for key in keys if len({of_one.get(key) for of_one in params}) > 1)
        return [name for name in varied if name != self.parameter]

    def lines(self) -> dict[MetricKey, list[MetricValue | None]]:
        """Every headline metric that two revisions or more have, by value of the parameter."""
        values = [comparison.now.values for _, comparison in self.comparisons]
        keys = dict.fromkeys(key for of_one in values for key in headline_keys(of_one))
        return {key: [of_one.get(key) for of_one in values] for key in keys if sum(key in v for v in values) > 1}


def headline_keys(values: Mapping[MetricKey, MetricValue]) -> list[MetricKey]:
    """The numbers of the summary, and the headline cells of the tables."""
    of_tables = [metric_key(key) for key in HEADLINE]
    return [*(key for key in values if key[0] == SUMMARY), *(key for key in of_tables if key in values)]


def parameter_series(history: Sequence[RevisionComparison], against: str = "") -> Iterator[ParameterSeries]:
    """Every set of revisions that differ in one parameter alone.

    `against`: instead, the revisions of each world that differ in this parameter at least.
    """
    keys = list(dict.fromkeys(key for comparison in history for key in comparison.now.params))
    for key in keys:
        name = ".".join(key)
        if name != (against or name) or (name == SEED and not against):
            continue
        groups: dict[tuple[str, ...], dict[str, list[RevisionComparison]]] = {}
        for comparison in history:
            params, revision = comparison.now.params, comparison.now.revision
            if key in params:
                rest = sorted(f"{'.'.join(other)}={value}" for other, value in params.items() if other != key)
                alone = (revision.baseline or revision.commit, *rest)
                group = (params.get(SEED_KEY, ""),) if against and name != SEED else () if against else alone
                groups.setdefault(group, {}).setdefault(params[key], []).append(comparison)
        for group in groups.values():
            if len(group) > 1:
                values = sorted(group, key=_order)
                left_out = [comparison.now.revision.name for value in values for comparison in group[value][:-1]]
                yield ParameterSeries(name, [(value, group[value][-1]) for value in values], left_out)


def _order(value: str) -> tuple[float, str]:
    """Numbers by size, other values after them by name."""
    try:
        return float(value), ""
    except ValueError:
        return float("inf"), value
