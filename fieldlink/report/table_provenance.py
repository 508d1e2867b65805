"""What stands behind a table of the page: the command that explains each number, parameters, departures."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fieldlink.core.explorer_address import ADDRESS
from fieldlink.core.params import Params
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.study_tables import study_table
from fieldlink.report.departures import Departure, departures, dotted
from fieldlink.report.page_tiles import printed_values
from fieldlink.report.result_tables import ReportTable

SHARED_PARAMETERS = ("study", "mapper", "intervals")


@dataclass(frozen=True)
class TableProvenance:
    study: str
    commands: Sequence[tuple[str, str]]  # that explain each of our numbers, and the explorer's address of the same
    parameters: Sequence[tuple[str, Any]]
    departures: Sequence[Departure]


def provenance(table: ReportTable, params: Params, protocol: str) -> TableProvenance:
    """The provenance of one table. `protocol`: the text of docs/protocol.md."""
    study = study_table(table.number).study
    keys = [cell.ours.key for row in table.rows for cell in row.cells if cell.ours]
    sections = params.model_dump(mode="json")
    read = {name: sections[name] for name in (study, *SHARED_PARAMETERS) if name in sections}
    return TableProvenance(
        study=study,
        commands=[_explanation(key, keys) for key in keys],
        parameters=list(printed_values(read)),
        departures=departures(protocol, dotted(params), table.number),
    )


def _explanation(key: CellKey, keys: Sequence[CellKey]) -> tuple[str, str]:
    """The command names the metric only where row and column have several."""
    several = sum(key[:3] == other[:3] for other in keys) > 1
    metric = ["--metric", key.metric] if several else []
    command = shlex.join(["fieldlink", "why", key.table, key.row, key.column, *metric])
    return command, f"{ADDRESS}/api/why?{urlencode(key._asdict())}"


def anchor(table: ReportTable) -> str:
    """The id of a table's heading on the page."""
    return "table-" + "".join(letter if letter.isalnum() or letter == "." else "-" for letter in table.number)
