"""Answers as tables of plain text."""

from collections.abc import Sequence

from fieldlink.search.answers import Answer, Classification, Origin

NOTHING = "–"


def table(answer: Answer) -> str:
    """A line per object, nearest first, and what the answer was made from."""
    rows = [
        (
            str(place),
            row.id,
            f"{row.score:.4f}",
            row.class_name or NOTHING,
            row.split or NOTHING,
            row.file or NOTHING,
        )
        for place, row in enumerate(answer.rows, start=1)
    ]
    head = ("", "id", "cosine", "class", "split", "file")
    way = f"by {answer.by}, seed {answer.seed}"
    return "\n".join(
        [*aligned([head, *rows]), "", f"{answer.query.kind} {answer.query.name!r} {way}", *origin_lines(answer.origin)]
    )


def labels(named: Classification) -> str:
    """A line per label, with the second opinion beside the first."""
    second = {label.label: f"{label.score:.4f}" for label in named.second_opinion}
    head = ("", named.by, *(["CLIP, four views"] if second else []))
    rows = [(label.label, f"{label.score:.4f}", *([second[label.label]] if second else [])) for label in named.labels]
    first = [f"CLIP on four views says {named.second_opinion[0].label}"] if second else []
    return "\n".join([*aligned([head, *rows]), "", *first, *origin_lines(named.origin)])


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines whose cells stand below each other."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def origin_lines(origin: Origin) -> list[str]:
    """What an answer was made from, in two lines."""
    study = f"study {origin.study}" + (f", commit {origin.commit}" if origin.commit else "")
    return [
        f"{study}, parameters {origin.params}; CLIP: {origin.clip}; nf2vec {origin.nf2vec}",
        f"collection {origin.collection}, {origin.objects} NeRFs",
    ]
