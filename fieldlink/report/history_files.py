"""Files of a history: its page, and the numbers drawn against parameters."""

from collections.abc import Sequence
from pathlib import Path

from fieldlink.core import files
from fieldlink.core.errors import InputError
from fieldlink.evaluation.results.table_cells import csv_text
from fieldlink.report.cached_results import CachedResults
from fieldlink.report.history_page import history_html
from fieldlink.report.paired_differences import PairedRevisions
from fieldlink.report.parameter_section import SavedComparisons, csv_lines, section, series_lines
from fieldlink.report.parameter_series import parameter_series
from fieldlink.report.revision_metrics import compare_revisions
from fieldlink.report.revisions import Revision


def write(
    revisions: Sequence[Revision],
    saved: CachedResults,
    params_file: str,
    against: str,
    *,
    page: Path,
    numbers: Path | None,
) -> None:
    """Write the HTML file `page`, and the CSV file `numbers` if one is named.

    `saved`: results of the revisions' repository. `params_file`: its path there. `against`: the parameter that headline
    metrics are drawn against, and nothing else; '' for each that alone differs somewhere, and for all metrics. Raises
    `InputError` where `numbers` would be empty.
    """
    results = PairedRevisions(saved, params_file)
    comparisons = SavedComparisons(results.differences, results.less_clip)
    history = compare_revisions(revisions, results.differences)
    drawn = [
        (series, series_lines(series, comparisons)) for series in parameter_series(history, against) if series.lines()
    ]
    sections = [section(series, lines) for series, lines in drawn]
    files.write_text(page, history_html(history, sections, every_metric=not against))
    if numbers:
        rows = [row for series, lines in drawn for row in csv_lines(series, lines)]
        if not rows:
            raise InputError(f"{numbers}: no two of these revisions differ in {against or 'one parameter alone'}")
        files.write_text(numbers, csv_text(rows, list(rows[0])))
