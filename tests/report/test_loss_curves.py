"""Training curves, drawn and as tables."""

import csv
import io

import pyarrow as pa

from fieldlink.report import loss_curves


def rows(*points: tuple[str, int, int, str, float]) -> pa.Table:
    names = ("variant", "seed", "step", "split", "loss")
    return pa.table(dict(zip(names, map(list, zip(*points, strict=True)), strict=True)))


def test_a_wide_table_holds_means_over_seeds_and_variants_of_one_loss():
    table = rows(
        ("f cosine", 0, 1, "train", 0.2),
        ("f cosine", 1, 1, "train", 0.4),
        ("g cosine", 0, 1, "train", 0.5),
        ("f siglip", 0, 1, "train", 3.0),
        ("f siglip", 0, 2, "validation", 4.0),
    )
    points = list(csv.DictReader(io.StringIO(loss_curves.csv_text(table))))
    assert points == [
        {"step": "1", "cosine train": "0.4", "siglip train": "3", "siglip validation": ""},
        {"step": "2", "cosine train": "", "siglip train": "", "siglip validation": "4"},
    ]


def test_losses_of_different_functions_get_a_chart_each():
    table = rows(*[(f"{m} {loss}", 0, 1, "train", 1.0) for m in ("f", "g") for loss in ("cosine", "siglip")])
    assert [chart.alt.split(":")[0] for chart in loss_curves.loss_charts({"mappers": table})] == ["mappers", "mappers"]


def test_more_variants_than_can_be_named_are_drawn_as_one_bundle():
    table = rows(*[(f"views={n} cosine", 0, step, "validation", 1.0 / step) for n in range(1, 10) for step in (1, 2)])
    (chart,) = loss_curves.loss_charts({"zero_shot": table})
    assert "9 variants and their mean" in chart.alt


def test_a_model_that_was_not_trained_here_has_no_chart():
    empty = rows(("a", 0, 1, "train", 1.0)).slice(0, 0)
    assert loss_curves.loss_charts({"clip": empty}) == []
    assert loss_curves.csv_text(empty) == "step\n"


def test_a_long_curve_is_thinned_to_means_of_blocks():
    table = rows(*[("clip", 0, step, "train", float(step % 2)) for step in range(1000)])
    points = list(csv.DictReader(io.StringIO(loss_curves.csv_text(table))))
    assert len(points) <= loss_curves.MOST_STEPS
    assert {row["train"] for row in points[:-1]} <= {"0.5", "0.44444", "0.55556"}


def test_the_same_curves_give_the_same_bytes():
    table = rows(("clip", 0, 1, "train", 2.0), ("clip", 0, 2, "train", 1.0))
    assert loss_curves.loss_charts({"clip": table}) == loss_curves.loss_charts({"clip": table})
