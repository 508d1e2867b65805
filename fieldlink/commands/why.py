"""Print where one number of a table comes from."""

import json
from pathlib import Path
from typing import Annotated

from typing_extensions import Doc


def why(
    table: Annotated[str, Doc("Number of the table, such as 4.4a.")],
    row: Annotated[str, Doc('Row as reports/tables names it, such as "nerf2clip siglip".')],
    column: Annotated[str, Doc("Column as reports/tables names it, such as recall@1.")],
    /,
    metric: Annotated[str, Doc("Metric, where a row and column have several.")] = "",
    as_json: Annotated[bool, Doc("Print all of it as JSON: every query, parameter and digest.")] = False,
    repository: Annotated[Path, Doc("Folder of the study.")] = Path(),
) -> None:
    """Print a number with its interval, its queries by seed, and all that it was made from."""
    from fieldlink.report.explanation import explain
    from fieldlink.report.explanation_text import text

    explanation = explain(repository, table, row, column, metric)
    print(json.dumps(explanation.as_dict(), indent=2) if as_json else text(explanation))
