"""The numbered items of docs/protocol.md, section 17: what can be done as published, its parameter and its test."""

from pathlib import Path
from typing import NamedTuple

PROTOCOL = Path(__file__).parent.parent / "docs" / "protocol.md"


class Item(NamedTuple):
    number: int
    text: str
    parameter: str
    test: str  # path from the root


def items() -> list[Item]:
    """The rows of the table."""
    section = PROTOCOL.read_text(encoding="utf-8").split("\n## 17. ", 1)[1]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ") and "`" in line]
    return [
        Item(int(item.split(". ")[0]), item.split(". ", 1)[1], parameter.strip("`"), test.strip("`"))
        for item, parameter, test in rows
    ]
