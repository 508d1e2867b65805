"""Which view of an object the page's pictures show."""

from functools import partial

import pytest

from fieldlink.core import datasets, schemas
from fieldlink.core.params import load
from fieldlink.report import galleries, nerf_wall
from fieldlink.report.study import Study
from fieldlink.report.thumbnails import of_rows


@pytest.mark.parametrize(("held_out", "view"), [([], 0), ([3, 1], 3)])
def test_wall_and_galleries_show_the_first_held_out_view_or_the_first_of_all(held_out, view, files, params_with):
    names = ("objects", "photos", "nerfs", "neighbours")
    reader = {
        f"{name}_of": partial(datasets.rows_with_ids, files.root / schema.name, schema)
        for name, schema in (("views", schemas.VIEWS), ("renders", schemas.RENDERED_VIEWS), ("photos", schemas.PHOTOS))
    }
    tables = {name: datasets.read(files.root / name, getattr(schemas, name.upper())) for name in names}
    study = Study(load(params_with({"nerf.fitting.held_out": held_out})), **tables, **reader)
    renders = of_rows(datasets.read(files.root / "rendered_views", schemas.RENDERED_VIEWS), "object_id", view)
    hits = [hit for each in galleries.of_study(study) for query in each.queries for hit in query.hits]
    shown = [(hit.object_id, hit.picture) for hit in hits]
    shown += [(portrait.object_id, portrait.render) for portrait in nerf_wall.portraits(study)]
    assert len(shown) > len(hits) > 0
    assert all((picture == renders[name]).all() for name, picture in shown)
