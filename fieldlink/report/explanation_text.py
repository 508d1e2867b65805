"""An explanation of a number as lines of text."""

from collections.abc import Iterator, Sequence
from textwrap import fill

from fieldlink.report.explanation import Explanation, SeedResults

SHOWN = 8  # queries named of each kind
WIDTH = 100


def text(explanation: Explanation) -> str:
    """Lines of text, what a person asks first on top. The JSON form has all queries and digests."""
    return "\n".join(_lines(explanation))


def _lines(explanation: Explanation) -> Iterator[str]:
    result, published = explanation.result, explanation.published
    yield f"Table {result.key.table}, {result.key.row}, {result.key.column} ({result.key.metric})"
    yield f"  here       {result.value:.4f} [{result.low:.4f}, {result.high:.4f}], n = {result.n}" + (
        f", {result.setting}" if result.setting else ""
    )
    yield f"  published  {'none' if published is None else f'{published.value:g}'}"
    yield f"  commit     {explanation.commit}{', and the table has changed since' if explanation.changed else ''}"
    yield from _section("Interval", [explanation.recipe])
    yield f"\nQueries by seed{', weighted' if explanation.weights else ''}"
    for seed in explanation.seeds:
        yield from _seed(seed, explanation.queries)
    yield from _section(
        "Stages, from the first to the one that computed it",
        [f"dvc repro -s {stage.name}" for stage in explanation.stages],
    )
    yield from _section("Data and models, MD5", [f"{digest:36} {path}" for path, digest in explanation.digests.items()])
    yield from _section("Parameters", [f"{key}: {value}" for key, value in explanation.parameters.items()])
    departures = [f"({departure.section}) {departure.text}" for departure in explanation.departures]
    yield from _section("Departures from the published protocol (section of docs/protocol.md)", departures)


def _seed(seed: SeedResults, queries: Sequence[str]) -> Iterator[str]:
    """How many queries hit and missed, and the first of each."""
    kinds = {
        "hit": [query for query, value in zip(queries, seed.values, strict=True) if value == 1],
        "missed": [query for query, value in zip(queries, seed.values, strict=True) if value == 0],
    }
    between = len(queries) - sum(map(len, kinds.values()))
    yield (
        f"  seed {seed.seed}: "
        + ", ".join(f"{len(ids)} {kind}" for kind, ids in kinds.items())
        + (f", {between} between" if between else "")
    )
    for kind, ids in kinds.items():
        if ids:
            yield f"    {kind}: {', '.join(ids[:SHOWN])}{' …' if len(ids) > SHOWN else ''}"


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    yield f"\n{title}"
    yield from (fill(line, WIDTH, initial_indent="  ", subsequent_indent="    ") for line in lines)
