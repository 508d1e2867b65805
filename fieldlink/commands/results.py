"""Print the path of the result page, and the headline numbers of the study."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands.flag_style import FILE, FOLDER
from fieldlink.report import headline


def results(
    tables: Annotated[Path, FOLDER, Doc("Folder of result tables.")] = Path("reports/tables"),
    page: Annotated[Path, FILE, Doc("The result page.")] = Path("reports/index.html"),
) -> None:
    """Print the path of the result page, and the headline numbers with their 95 % intervals."""
    for line in headline.lines(tables):
        print(line)
    print(f"result page: {page.resolve()}" if page.is_file() else f"{page}: no result page yet, dvc repro builds it")
