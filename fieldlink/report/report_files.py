"""Files of a report: the page, the pictures for the README, and the data of `dvc plots`."""

from pathlib import Path

from fieldlink.core import files
from fieldlink.report import loss_curves, psnr_charts, readme_pictures
from fieldlink.report.galleries import first_of_each_domain, query_galleries
from fieldlink.report.nerf_wall import fit_pictures
from fieldlink.report.report_study import ReportStudy
from fieldlink.report.study_page import study_html


def write_report(study: ReportStudy, *, page: Path, figures: Path, plots: Path) -> None:
    """Write the HTML file `page`, PNGs into folder `figures` and CSVs into folder `plots`."""
    fits, galleries = fit_pictures(study), query_galleries(study)
    files.write_text(page, study_html(study, fits, galleries))
    figures.mkdir(parents=True, exist_ok=True)
    if fits:
        (figures / "nerf_wall.png").write_bytes(readme_pictures.nerf_wall(fits))
    if galleries:
        (figures / "retrieval.png").write_bytes(readme_pictures.retrieval(first_of_each_domain(galleries)))
    for name, rows in study.rows.curves.items():
        files.write_text(plots / f"{name}.csv", loss_curves.csv_text(rows))
    if study.rows.nerfs is not None:
        files.write_text(plots / "psnr.csv", psnr_charts.histogram_csv(study.rows.nerfs))
