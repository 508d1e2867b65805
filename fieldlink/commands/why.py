"""Print the origin of one number of a table."""

from json import dumps
from pathlib import Path
from typing import Annotated

from typing_extensions import Doc
from tyro.conf import arg

from fieldlink.commands.flag_style import FOLDER


def why(
    table: Annotated[str, arg(metavar="TABLE"), Doc("Number of the table, such as 4.4a.")],
    row: Annotated[str, arg(metavar="ROW"), Doc('Row as reports/tables names it, such as "nerf2clip siglip".')],
    column: Annotated[str, arg(metavar="COLUMN"), Doc("Column as reports/tables names it, such as recall@1.")],
    /,
    metric: Annotated[str, arg(metavar="METRIC"), Doc("Metric, where a row and column have several.")] = "",
    json: Annotated[bool, Doc("Print all of it as JSON: every query, parameter and digest.")] = False,
    repository: Annotated[Path, FOLDER, Doc("Folder of the study.")] = Path(),
) -> None:
    """Print a number with its interval, its queries by seed, and the data and code behind it."""
    from fieldlink.report.explanation import explain
    from fieldlink.report.explanation_text import text

    explanation = explain(repository, table, row, column, metric)
    print(dumps(explanation.as_dict(), indent=2) if json else text(explanation))
