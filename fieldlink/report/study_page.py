"""The result page: sections of a study as one self-contained HTML file."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from fieldlink.core.explorer_address import ADDRESS
from fieldlink.core.progress import progress
from fieldlink.core.query_domains import DESCRIPTIONS
from fieldlink.report import claims_section, data_counts, psnr_charts, run_record, thumbnails
from fieldlink.report.benchmarks import ratio_chart
from fieldlink.report.charts import Chart
from fieldlink.report.decoder_findings import decoder_findings
from fieldlink.report.galleries import GalleryQuery, QueryGallery
from fieldlink.report.generated_panels import GeneratedPanel, generated_panels
from fieldlink.report.html_templates import fill
from fieldlink.report.labels import label
from fieldlink.report.loss_curves import loss_charts
from fieldlink.report.neighbour_findings import neighbour_findings
from fieldlink.report.nerf_wall import FitPictures
from fieldlink.report.page_tiles import RESULTS, page_tiles, printed_values
from fieldlink.report.projection_chart import projection_chart
from fieldlink.report.report_study import ReportStudy
from fieldlink.report.result_tables import ReportTable, pivot_tables
from fieldlink.report.study_description import describe
from fieldlink.report.table_provenance import anchor, provenance

SIDE = 160  # pixels of a picture on the page, at most


def study_html(study: ReportStudy, fits: Sequence[FitPictures], query_galleries: Sequence[QueryGallery]) -> str:
    """The whole page. A section without its inputs says so. All text from data is escaped."""
    sections = (
        partial(_summary, study),
        partial(_objects, study),
        partial(_nerfs, study, fits),
        partial(_results, study),
        partial(_times, study),
        partial(_pictures, study, query_galleries),
    )
    page: dict[str, Any] = {}
    for section in progress(sections, "build_report", "sections"):
        page |= section()
    return fill("page.html", page)


def _summary(study: ReportStudy) -> dict[str, Any]:
    description = describe(study.params)
    return {
        "description": description,
        "comparability": description.comparability,
        "explorer": f"{ADDRESS}/",
        "tiles": list(page_tiles(study)),
        "metrics": {name: list(printed_values(values)) for name, values in study.numbers.metrics.items()},
    }


def _objects(study: ReportStudy) -> dict[str, Any]:
    rows = study.rows
    return {
        "object_counts": None if rows.objects is None else data_counts.object_counts(rows.objects),
        "photos": 0 if rows.photos is None else len(rows.photos),
        "rejections": None if rows.rejected is None else data_counts.rejections(rows.rejected),
    }


def _nerfs(study: ReportStudy, fits: Sequence[FitPictures]) -> dict[str, Any]:
    nerfs = study.rows.nerfs
    page = {"fits": [_fit(fit) for fit in fits], "amplification": thumbnails.AMPLIFICATION}
    if nerfs is None:
        return page | {"nerfs": 0, "psnr": None}
    charts = _images(psnr_charts.psnr_histograms(nerfs))
    return page | {"nerfs": len(nerfs), "psnr": {"charts": charts, "rows": psnr_charts.psnr_summary(nerfs)}}


def _results(study: ReportStudy) -> dict[str, Any]:
    numbers, projections = study.numbers, study.rows.projections
    tables = pivot_tables(numbers.results, numbers.published, numbers.seed_ranges)
    return {
        "claims": numbers.claims,
        "verdicts": claims_section.verdict_counts(numbers.claims),
        "margin": study.params.claims.margin,
        "level": f"{100 * study.params.intervals.level:.5g}",
        "tables": [_table(table, study) for table in tables],
        "has_seed_ranges": bool(numbers.seed_ranges),
        "neighbour_findings": neighbour_findings(numbers.metrics),
        "projections": None if projections is None else _image(projection_chart(projections)),
    }


def _table(table: ReportTable, study: ReportStudy) -> dict[str, Any]:
    """Tables with a headline number are open on the page."""
    return {
        "numbers": table,
        "anchor": anchor(table),
        "is_main": table.number in {key.table for key in RESULTS},
        "provenance": provenance(table, study.params, study.numbers.protocol),
    }


def _pictures(study: ReportStudy, query_galleries: Sequence[QueryGallery]) -> dict[str, Any]:
    return {
        "galleries": [_gallery(gallery) for gallery in query_galleries],
        "generated": [_panel(panel) for panel in generated_panels(study)],
        "decoder_findings": decoder_findings(study),
    }


def _times(study: ReportStudy) -> dict[str, Any]:
    naming, benchmarks = study.times.naming, study.times.benchmarks
    ratios = ratio_chart(benchmarks)
    return {
        "speed": naming,
        "speed_chart": _image(naming.chart) if naming else None,
        "benchmarks": benchmarks,
        "ratios": _image(ratios) if ratios else None,
        "benchmark_charts": _images(chart for benchmark in benchmarks for chart in benchmark.charts),
        "curves": _images(loss_charts(study.rows.curves)),
        "versions": run_record.versions(),
        "times": run_record.stage_times(study.times.stages),
        "parameters": list(printed_values(study.params.model_dump(mode="json"))),
    }


def _image(chart: Chart) -> dict[str, str]:
    return {"uri": thumbnails.data_uri(chart.svg, "image/svg+xml"), "alt": chart.alt}


def _images(charts: Iterable[Chart]) -> list[dict[str, str]]:
    return [_image(chart) for chart in charts]


def _fit(fit: FitPictures) -> dict[str, Any]:
    kinds = {"ground truth": fit.truth, "NeRF": fit.render, "difference": fit.difference}
    return {
        "group": fit.group,
        "object_id": fit.object_id,
        "class_name": fit.class_name,
        "psnr": fit.psnr,
        "pictures": [(kind, _small(picture)) for kind, picture in kinds.items()],
    }


def _gallery(gallery: QueryGallery) -> dict[str, Any]:
    return {
        "variant": label(gallery.variant),
        "domain": DESCRIPTIONS.get(gallery.domain, gallery.domain),
        "query_count": gallery.query_count,
        "hit_rate": gallery.hit_rate,
        "shown_hits": sum(query.items[0].same_class for query in gallery.queries if query.items),
        "queries": [_query(query) for query in gallery.queries],
    }


def _query(query: GalleryQuery) -> dict[str, Any]:
    return {
        "query_id": query.query_id,
        "class_name": query.class_name,
        "uri": _small(query.picture),
        "results": [
            {
                "object_id": item.object_id,
                "class_name": item.class_name,
                "same_class": item.same_class,
                "uri": _small(item.picture),
            }
            for item in query.items
        ],
    }


def _panel(panel: GeneratedPanel) -> dict[str, Any]:
    return {
        "owner_id": panel.owner_id,
        "class_name": panel.class_name,
        "caption": panel.caption,
        "pictures": [(label, _small(picture)) for label, picture in panel.pictures.items()],
    }


def _small(picture: thumbnails.Picture) -> str:
    return thumbnails.png_uri(thumbnails.thumbnail(picture, SIDE))
