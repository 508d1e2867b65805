"""Where the study departs from the published protocol, as docs/protocol.md says it, by table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fieldlink.evaluation.study_tables import study_table

SHARED_SECTIONS = ("1", "1.1", "1.2", "2", "3", "4", "5", "6.3")
STUDY_SECTIONS = {
    "zero_shot": ("6.1",),
    "retrieval": ("6.2",),
    "embedding_spaces": ("8",),
    "syn2real": ("6.2", "9"),
    "augmented": ("1.3", "6.2"),
    "finetuning": ("6.1", "6.2", "10"),
    "captions": ("11",),
    "generation": ("12",),
    "baselines": ("16",),
}
ODDITIES = ("13", "14")  # tables of what is odd in the study or unknown of it
DEPARTURE = re.compile(r"\bours\b|by default|the public code", re.IGNORECASE)


@dataclass(frozen=True)
class Departure:
    """A paragraph, or a row of a table, of a section of the protocol."""

    section: str
    text: str


def departures(protocol: str, table: str) -> list[Departure]:
    """The departures that bear on a table: the study's own sections first. `protocol`: text of docs/protocol.md."""
    sections = dict(_sections(protocol))
    numbers = [*STUDY_SECTIONS.get(study_table(table).study, ()), *SHARED_SECTIONS]
    texts = [
        Departure(number, text)
        for number in dict.fromkeys(numbers)
        for text in _paragraphs(sections.get(number, ""))
        if DEPARTURE.search(text)
    ]
    return [*(row for number in ODDITIES for row in _rows(number, sections.get(number, ""), table)), *texts]


def _sections(protocol: str) -> Iterator[tuple[str, str]]:
    """Number and text of each section, without the sections below it."""
    parts = re.split(r"^#{2,3} (\d+(?:\.\d+)?)\.? .*$", protocol, flags=re.MULTILINE)
    yield from zip(parts[1::2], parts[2::2], strict=True)


def _paragraphs(text: str) -> list[str]:
    """Paragraphs and items of lists, each in one line without marks of Markdown; tables are left out."""
    blocks = re.split(r"\n\s*\n|\n(?=- )", text)
    lines = (re.sub(r"[*`]", "", re.sub(r"\s+", " ", block)).strip() for block in blocks)
    return [line.removeprefix("- ") for line in lines if line and not line.startswith("|")]


def _rows(number: str, text: str, table: str) -> Iterator[Departure]:
    """Rows of a section's table that name the table; `4.10` names 4.10a, `4.1` doesn't."""
    plain = table.rstrip("abc").split(" ")[0]
    for line in text.splitlines():
        if line.startswith("|") and re.search(rf"(?<![\d.]){re.escape(plain)}[a-c]?(?![\d])", line):
            yield Departure(number, ": ".join(cell.strip(" `") for cell in line.strip("|").split(" | ")))
