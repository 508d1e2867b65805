"""Two pictures of the study for the README, as PNG: the wall of NeRFs and a retrieval gallery."""

from collections.abc import Sequence

from fieldlink.core.query_domains import DESCRIPTIONS
from fieldlink.report.galleries import GalleryQuery, QueryGallery
from fieldlink.report.labels import label
from fieldlink.report.nerf_wall import FitPictures
from fieldlink.report.picture_sheet import PictureSheet
from fieldlink.report.thumbnails import AMPLIFICATION, thumbnail

RIGHT, WRONG = "#2e7d4f", "#b3362c"
SIDE = 96  # pixels of a picture, at most


def nerf_wall(fits: Sequence[FitPictures]) -> bytes:
    """One row per group, three pictures per fit: ground truth, NeRF, difference."""
    groups: dict[str, list[FitPictures]] = {}
    for fit in fits:
        groups.setdefault(fit.group, []).append(fit)
    sheet = PictureSheet(rows=len(groups), blocks=max(map(len, groups.values())), columns=3, margin=0.3)
    for row, (group, members) in enumerate(groups.items()):
        sheet.add_row_name(row, group)
        for block, fit in enumerate(members):
            caption = f"{fit.class_name}, {fit.psnr:.1f} dB"
            for column, picture in enumerate([fit.truth, fit.render, fit.difference]):
                small = thumbnail(picture, SIDE)
                sheet.add_picture(small, row=row, block=block, column=column, caption="" if column else caption)
    return sheet.png(f"Three pictures each: ground truth, NeRF, difference × {AMPLIFICATION}, from one held-out view")


def retrieval(galleries: Sequence[QueryGallery], most: int = 4) -> bytes:
    """One block per gallery: at most `most` queries with their nearest NeRFs, framed and marked right or wrong."""
    rows = min(most, max(len(gallery.queries) for gallery in galleries))
    depth = max(len(query.items) for gallery in galleries for query in gallery.queries)
    sheet = PictureSheet(rows=rows, blocks=len(galleries), columns=depth + 1, margin=0.1)
    for block, gallery in enumerate(galleries):
        for row, query in enumerate(gallery.queries[:most]):
            _add_query(sheet, query, row=row, block=block)
    domains = "; ".join(DESCRIPTIONS.get(gallery.domain, gallery.domain) for gallery in galleries)
    variants = ", ".join(dict.fromkeys(label(gallery.variant) for gallery in galleries))
    return sheet.png(f"{variants}; left to right: {domains}. Queries drawn by seed, not by success.")


def _add_query(sheet: PictureSheet, query: GalleryQuery, *, row: int, block: int) -> None:
    picture = thumbnail(query.picture, SIDE)
    sheet.add_picture(picture, row=row, block=block, column=0, caption=f"query: {query.class_name}")
    for column, item in enumerate(query.items, start=1):
        sheet.add_picture(
            thumbnail(item.picture, SIDE),
            row=row,
            block=block,
            column=column,
            caption=f"{'✓' if item.same_class else '✗'} {item.class_name}",
            colour=RIGHT if item.same_class else WRONG,
            frame=True,
        )
