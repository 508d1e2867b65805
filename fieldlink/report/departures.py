"""Where a run departs from the published study: parameters whose values aren't the published ones.

The published values stand in docs/protocol.md, in the last column of its tables of parameters.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fieldlink.core.nested_values import dotted_values
from fieldlink.core.params import Params
from fieldlink.evaluation.study_tables import study_table

SHARED_SECTIONS = ("1", "1.1", "1.2", "1.3", "2", "3", "4", "5", "6.3")
HEADER = "| parameter | default | published scale |"
NOT_READ = "not read"  # a parameter that is without effect there


@dataclass(frozen=True)
class Departure:
    """A parameter, by the protocol's section."""

    section: str
    text: str


def departures(protocol: str, values: Mapping[str, Any], table: str) -> list[Departure]:
    """The departures that bear on a table: the study's own sections first. `protocol`: text of docs/protocol.md.

    `values`: parameters by dotted key; those that are not among them take no part.
    """
    numbers = [*study_table(table).protocol_sections, *SHARED_SECTIONS]
    published = dict(_published(protocol))
    return [
        Departure(number, f"{key} is {_written(values[key])}, published {wanted}")
        for number in dict.fromkeys(numbers)
        for key, wanted in published.get(number, {}).items()
        if key in values and wanted not in {_written(values[key]), NOT_READ}
    ]


def dotted(params: Params) -> dict[str, Any]:
    """Every parameter by its dotted key."""
    return dotted_values(params.model_dump(mode="json"))


def _published(protocol: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Number of each section, with the published values of the parameters in its table."""
    parts = re.split(r"^#{2,3} (\d+(?:\.\d+)?)\.? .*$", protocol, flags=re.MULTILINE)
    for number, text in zip(parts[1::2], parts[2::2], strict=True):
        rows = text.partition(HEADER)[2].strip().split("\n\n")[0].splitlines()[1:]
        cells = [[cell.strip(" `") for cell in row.strip("|").split(" | ")] for row in rows]
        yield number, {key: published for key, _, published in cells}


def _written(value: Any) -> str:
    """A value as the protocol's tables have it."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
