"""The result page: sections of a study as one self-contained HTML file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from fieldlink.report import (
    benchmarks,
    claims_section,
    galleries,
    generated_panels,
    loss_curves,
    projection_chart,
    provenance,
    psnr_charts,
    result_tables,
    table_titles,
    templates,
    thumbnails,
)
from fieldlink.report.charts import Chart
from fieldlink.report.galleries import Gallery
from fieldlink.report.nerf_wall import Portrait
from fieldlink.report.speed import FROM_WEIGHTS
from fieldlink.report.study import Study

SIDE = 160  # pixels of a picture on the page, at most


def html(study: Study, portraits: Sequence[Portrait], shown: Sequence[Gallery]) -> str:
    """The whole page; a section without its inputs says so. All text from data is escaped."""
    return templates.rendered("page.html", _page(study, portraits, shown))


def _page(study: Study, portraits: Sequence[Portrait], shown: Sequence[Gallery]) -> dict[str, Any]:
    return {
        "world": provenance.describe(study.params),
        "tiles": list(_tiles(study)),
        "metrics": {name: list(flat(values)) for name, values in study.metrics.items()},
        "counts": provenance.counts(study.objects) if study.objects is not None else None,
        "photos": len(study.photos) if study.photos is not None else 0,
        "set_aside": provenance.set_aside(study.rejected) if study.rejected is not None else None,
        "nerfs": len(study.nerfs) if study.nerfs is not None else 0,
        "amplified": thumbnails.AMPLIFIED,
        "wall": [_portrait(portrait) for portrait in portraits],
        "psnr": _psnr(study),
        "tables": result_tables.pivot(study.results, study.published, study.spread),
        "spread": bool(study.spread),
        "projections": _image(projection_chart.drawn(study.projections)) if study.projections is not None else None,
        "claims": study.claims,
        "verdicts": claims_section.counts(study.claims),
        "margin": study.params.claims.margin,
        "galleries": [_gallery(gallery) for gallery in shown],
        "generated": [_panel(panel) for panel in generated_panels.panels(study)],
        "speed": study.speed,
        "speed_chart": _image(study.speed.chart) if study.speed else None,
        "benchmarks": study.benchmarks,
        "ratios": _image(chart) if (chart := benchmarks.ratios(study.benchmarks)) else None,
        "benchmark_charts": [_image(chart) for each in study.benchmarks for chart in each.charts],
        "curves": [_image(chart) for chart in loss_curves.drawn(study.curves)],
        "versions": provenance.versions(),
        "times": _times(study.times),
        "parameters": list(flat(study.params.model_dump(mode="json"))),
    }


def flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Dotted keys and printed values of nested mappings; lists in one line."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        else:
            items = value if isinstance(value, list | tuple) else [value]
            yield f"{prefix}{key}", ", ".join(f"{v:.5g}" if isinstance(v, float) else str(v) for v in items)


def _tiles(study: Study) -> Iterator[tuple[str, str]]:
    """The few numbers to know first, with their labels."""
    if study.nerfs is not None:
        yield f"{len(study.nerfs):,}", "NeRFs fitted"
        name, quality = psnr_charts.judged(study.nerfs)
        if np.isfinite(quality).any():
            yield f"{np.nanmean(quality):.1f} dB", f"mean PSNR on {name}, whole frame"
    results = {result.key: result.value for result in study.results}
    metrics = dict(flat(study.metrics))
    yield from ((f"{results[key]:.1f} %", label) for key, label in table_titles.RESULTS.items() if key in results)
    yield from (
        (f"{float(metrics[key]):.1f} %", label) for key, label in table_titles.METRICS.items() if key in metrics
    )
    if study.speed:
        yield f"{study.speed.milliseconds[FROM_WEIGHTS]:.2g} ms", "to name a NeRF's class from its weights"


def _psnr(study: Study) -> dict[str, Any] | None:
    if study.nerfs is None:
        return None
    return {
        "charts": [_image(chart) for chart in psnr_charts.histograms(study.nerfs)],
        "rows": psnr_charts.summary(study.nerfs),
    }


def _image(chart: Chart) -> dict[str, str]:
    return {"uri": thumbnails.uri(chart.svg, "image/svg+xml"), "alt": chart.alt}


def _portrait(portrait: Portrait) -> dict[str, Any]:
    kinds = {"ground truth": portrait.truth, "NeRF": portrait.render, "difference": portrait.difference}
    return {
        "group": portrait.group,
        "object_id": portrait.object_id,
        "class_name": portrait.class_name,
        "psnr": portrait.psnr,
        "pictures": [(kind, _small(picture)) for kind, picture in kinds.items()],
    }


def _gallery(gallery: Gallery) -> dict[str, Any]:
    return {
        "variant": table_titles.words(gallery.variant),
        "domain": galleries.DOMAINS.get(gallery.domain, gallery.domain),
        "asked": gallery.asked,
        "right_first": gallery.right_first,
        "right_shown": sum(query.hits[0].right for query in gallery.queries if query.hits),
        "queries": [
            {
                "query_id": query.query_id,
                "class_name": query.class_name,
                "uri": _small(query.picture),
                "hits": [
                    {"object_id": h.object_id, "class_name": h.class_name, "right": h.right, "uri": _small(h.picture)}
                    for h in query.hits
                ],
            }
            for query in gallery.queries
        ],
    }


def _panel(panel: generated_panels.Panel) -> dict[str, Any]:
    return {
        "owner_id": panel.owner_id,
        "class_name": panel.class_name,
        "caption": panel.caption,
        "pictures": [(label, _small(picture)) for label, picture in panel.pictures.items()],
    }


def _small(picture: thumbnails.Picture) -> str:
    return thumbnails.png_uri(thumbnails.thumbnail(picture, SIDE))


def _times(times: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Stages with their seconds, the longest first, and their sum."""
    rows = sorted(times, key=lambda row: -row["seconds"])
    named = [(f"{row['stage']} → {row['out']}" if row["out"] else row["stage"], row["seconds"]) for row in rows]
    total = [("all", sum(seconds for _, seconds in named))] if named else []
    return [(name, f"{seconds:,.1f} s") for name, seconds in [*named, *total]]
