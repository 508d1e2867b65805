"""Answers as tables of plain text. Control characters, which names of files and ids may have, are written out."""

from collections.abc import Sequence

from fieldlink.core.errors import printable
from fieldlink.search.answers import Answer, Classification, Origin

NOTHING = "–"


def table(answer: Answer) -> str:
    """A line per object, nearest first, then the query and the origin."""
    rows = [
        (
            str(rank),
            row.id,
            f"{row.score:.4f}",
            row.class_name or NOTHING,
            row.split or NOTHING,
            row.file or NOTHING,
        )
        for rank, row in enumerate(answer.rows, start=1)
    ]
    head = ("", "id", "cosine", "class", "split", "file")
    search = f"{answer.query.kind} {answer.query.name!r} by {answer.by}, seed {answer.seed}"
    return "\n".join([*aligned_lines([head, *rows]), "", search, *origin_lines(answer.origin)])


def labels(answer: Classification) -> str:
    """A line per label, with the second opinion beside the first."""
    second = {label.label: f"{label.score:.4f}" for label in answer.second_opinion}
    head = ("", answer.by, *(["CLIP, four views"] if second else []))
    rows = [(label.label, f"{label.score:.4f}", *([second[label.label]] if second else [])) for label in answer.labels]
    conclusion = [printable(f"CLIP on four views says {answer.second_opinion[0].label}")] if second else []
    return "\n".join([*aligned_lines([head, *rows]), "", *conclusion, *origin_lines(answer.origin)])


def aligned_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines whose cells stand below each other."""
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def origin_lines(origin: Origin) -> list[str]:
    """The study, the models and the collection of an answer, in two lines."""
    study = f"study {origin.study}" + (f", commit {origin.commit}" if origin.commit else "")
    models = f"parameters {origin.params}; CLIP: {origin.clip}; nf2vec {origin.nf2vec}"
    return [printable(f"{study}, {models}"), printable(f"collection {origin.collection}, {origin.objects} NeRFs")]


def notes(answer: Answer | Classification) -> list[str]:
    """What the user should know of an answer: how the file that was asked with was read, and a warning."""
    note = [printable(f"{answer.query.name}: {answer.query.note}")] if answer.query.note else []
    return note + ([printable(answer.warning)] if answer.warning else [])
