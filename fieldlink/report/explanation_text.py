"""An explanation of a number as lines of text."""

from collections.abc import Iterable, Iterator
from textwrap import fill

from fieldlink.report.explanation import Explanation

BETWEEN = (-1,)  # in place of seeds: some of a query's values are shares, neither hit nor miss
WIDTH = 100


def text(explanation: Explanation) -> str:
    """Lines of text, what a person asks first on top. The JSON form has each seed's results too."""
    return "\n".join(_lines(explanation))


def _lines(explanation: Explanation) -> Iterator[str]:
    result, published = explanation.result, explanation.published
    yield f"Table {result.key.table}, {result.key.row}, {result.key.column} ({result.key.metric})"
    yield f"  here       {result.value:.4f} [{result.low:.4f}, {result.high:.4f}], n = {result.n}" + (
        f", {result.setting}" if result.setting else ""
    )
    yield f"  published  {'none' if published is None else f'{published.value:g}'}"
    yield f"  commit     {explanation.commit}; table of {explanation.table_commit or 'no commit'}" + (
        ", changed since" if explanation.changed else ""
    )
    yield from _section("Interval", [explanation.recipe])
    yield from _section(f"Queries by seed{', weighted' if explanation.weights else ''}", _queries(explanation))
    yield from _section(
        "Stages, from the first to the one that computed it",
        [f"dvc repro -s {stage.name}" for stage in explanation.stages],
    )
    yield from _section("Data and models, MD5", [f"{digest:36} {path}" for path, digest in explanation.digests.items()])
    yield from _section("Parameters", [f"{key}: {value}" for key, value in explanation.parameters.items()])
    departures = [f"({departure.section}) {departure.text}" for departure in explanation.departures]
    yield from _section("Departures from the published protocol (section of docs/protocol.md)", departures)


def _queries(explanation: Explanation) -> Iterator[str]:
    """How many queries every seed's model hit and missed; then each query once, with the seeds that hit it."""
    for seed in explanation.seeds:
        hits, misses = seed.values.count(1), seed.values.count(0)
        between = len(seed.values) - hits - misses
        yield f"seed {seed.seed}: {hits} hit, {misses} missed" + (f", {between} between" if between else "")
    by_seeds: dict[tuple[int, ...], list[str]] = {}
    values = zip(*(seed.values for seed in explanation.seeds), strict=True)
    for query, of_query in zip(explanation.queries, values, strict=True):
        hit_by = tuple(seed.seed for seed, value in zip(explanation.seeds, of_query, strict=True) if value == 1)
        shares = any(value not in (0, 1) for value in of_query)
        by_seeds.setdefault(BETWEEN if shares else hit_by, []).append(query)
    for seeds in sorted(by_seeds, key=lambda seeds: (seeds == BETWEEN, -len(seeds), seeds)):
        yield f"{_who_hit(seeds, len(explanation.seeds))}: {', '.join(by_seeds[seeds])}"


def _who_hit(seeds: tuple[int, ...], count: int) -> str:
    if seeds == BETWEEN:
        return "between"
    if len(seeds) in (0, count):
        return "hit by all seeds" if seeds else "missed by all seeds"
    return f"hit by seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds))} alone"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"\n{title}"
    yield from (fill(line, WIDTH, initial_indent="  ", subsequent_indent="    ") for line in lines)
