"""What is said of NeRFs whose quality is known on some views alone, or not at all."""

import numpy as np
import pyarrow as pa
import pytest

from fieldlink.report import psnr_charts

pytestmark = pytest.mark.thesis


def nerfs(train: list[float], held_out: list[float]) -> pa.Table:
    columns = {"psnr_train": train, "psnr_heldout": held_out}
    both = {
        f"{name}{frame}": pa.array(values, pa.float32())
        for name, values in columns.items()
        for frame in ("", "_foreground")
    }
    return pa.table(both)


def test_imported_nerfs_are_judged_by_the_views_they_were_fitted_to():
    rows = nerfs([20.0, np.nan, 30.0], [np.nan] * 3)
    name, numbers = psnr_charts.ranking_psnr(rows)
    assert name == "fitted views"
    assert np.nanmean(numbers) == 25
    assert psnr_charts.psnr_summary(rows)[0] == ("fitted views, whole frame", [25, 25, 20, 30])
    assert psnr_charts.histogram_csv(rows).splitlines()[:2] == ["psnr,fitted_views,held-out_views", "20,1,0"]
    assert len(psnr_charts.psnr_histograms(rows)) == 2


def test_without_any_measurement_there_are_no_charts_and_a_table_without_rows():
    rows = nerfs([np.nan], [np.nan])
    assert psnr_charts.psnr_histograms(rows) == []
    assert psnr_charts.histogram_csv(rows) == "psnr,fitted_views,held-out_views\n"
    assert np.isnan(psnr_charts.ranking_psnr(rows)[1]).all()
