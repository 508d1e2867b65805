"""Figure 4.1 as a chart."""

import re

import pyarrow as pa

from fieldlink.report import projection_chart

MARK = r'<use xlink:href="#(\w+)"[^>]*style="fill: (#\w+)'  # its marker and its colour


def rows(classes: int) -> pa.Table:
    columns = [
        {"space": space, "object_id": f"{i}-{j}", "x": float(i), "y": float(j), "class_name": f"class {i:02}"}
        for space in ("clip_embedding", "nerf_embedding")
        for i in range(classes)
        for j in range(3)
    ]
    return pa.Table.from_pylist(columns)


def test_a_panel_per_space_and_a_look_per_class():
    chart = projection_chart.projection_chart(rows(13))
    svg = chart.svg.decode()
    assert len(set(re.findall(MARK, svg))) == 13  # markers and colours together tell classes apart
    assert svg.count('id="axes_') == 2
    assert "39 test NeRFs" in chart.alt
    assert chart.alt.index("(a)") < chart.alt.index("(b)")
    assert "class 00, class 01" in chart.alt


def test_every_point_is_drawn_once_and_alike_every_time():
    chart = projection_chart.projection_chart(rows(4))
    assert len(re.findall(MARK, chart.svg.decode())) == 2 * 4 * 3 + 4  # one of each class stands in the legend
    assert projection_chart.projection_chart(rows(4)) == chart
