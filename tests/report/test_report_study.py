"""Which view of an object the page's pictures show."""

import pytest

from fieldlink.core import datasets, schemas
from fieldlink.core.params import load
from fieldlink.report.galleries import query_galleries
from fieldlink.report.nerf_wall import fit_pictures
from fieldlink.report.report_study import PictureReaders, ReportStudy, StudyRows
from fieldlink.report.thumbnails import pictures_by_id


@pytest.mark.parametrize(("held_out", "view"), [([], 0), ([3, 1], 3)])
def test_wall_and_galleries_show_the_first_held_out_view_or_the_first_of_all(held_out, view, files, params_with):
    folder = {schema: files.root / schema.name for schema in (schemas.VIEWS, schemas.RENDERED_VIEWS, schemas.PHOTOS)}
    names = ("objects", "photos", "nerfs", "neighbours")
    tables = {name: datasets.read(files.root / name, getattr(schemas, name.upper())) for name in names}
    readers = PictureReaders.of(**{schema.name: path for schema, path in folder.items()})
    params = load(params_with({"nerf.fitting.held_out": held_out}))
    study = ReportStudy(params, StudyRows(**tables), readers)
    renders = pictures_by_id(datasets.read(folder[schemas.RENDERED_VIEWS], schemas.RENDERED_VIEWS), "object_id", view)
    galleries = query_galleries(study)
    items = [item for gallery in galleries for query in gallery.queries for item in query.items]
    shown = [(item.object_id, item.picture) for item in items]
    shown += [(fit.object_id, fit.render) for fit in fit_pictures(study)]
    assert len(shown) > len(items) > 0
    assert all((picture == renders[name]).all() for name, picture in shown)
