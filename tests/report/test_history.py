"""The history page from a repository of two commits and an experiment, with made-up numbers."""

import csv
import json
import re
import subprocess
from pathlib import Path

import pytest

from fieldlink.commands.history import history as build_history
from fieldlink.core.errors import InputError
from fieldlink.evaluation.measures.intervals import Interval
from fieldlink.report.history_page import _chart_lines
from fieldlink.report.parameter_series import parameter_series
from fieldlink.report.revision_metrics import MetricValue, RevisionComparison, compare_revisions
from fieldlink.report.revisions import Revision, read_revisions, recent_revisions

PATHS = ["reports/metrics", "reports/tables", "params.yaml"]
HEADER = "table,row,column,metric,value,ci_low,ci_high,seeds,n,setting\n"
HOSTILE = "<script>alert(1)</script>"


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    return subprocess.run(
        ["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def commit(folder: Path, value: float, steps: int, subject: str) -> str:
    """One metric with an interval of ± 2, one without, one parameter that changes and one that doesn't."""
    for name in ("metrics", "tables"):
        (folder / "reports" / name).mkdir(parents=True, exist_ok=True)
    metrics = {"real": {"clip2nerf cosine": {"recall@1": value, "recall@5": 90.0}}}
    (folder / "reports/metrics/retrieval.json").write_text(json.dumps(metrics))
    (folder / "reports/metrics/nf2vec.json").write_text(json.dumps({"rank_1_trained": value, "note": "text"}))
    row = f"4.5a,clip2nerf cosine,recall@1,recall_real,{value},{value - 2},{value + 2},3,1300,\n"
    (folder / "reports/tables/retrieval.csv").write_text(HEADER + row)
    (folder / "params.yaml").write_text(f"nerf:\n  steps: {steps}\nseeds: [0, 1]\nintervals:\n  level: 0.9\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", subject)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`first` (a tag), `main`, and `longer`, an experiment on `first`."""
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "-q", "-b", "main")
    base = commit(folder, 70.0, 150, "First numbers")
    git(folder, "tag", "first")
    git(folder, "checkout", "-q", "--detach")
    experiment = commit(folder, 80.5, 300, "dvc: commit experiment")
    git(folder, "update-ref", f"refs/exps/{base[:2]}/{base[2:]}/longer", experiment)
    git(folder, "update-ref", "refs/exps/exec/EXEC_HEAD", base)
    git(folder, "checkout", "-q", "main")
    commit(folder, 73.0, 200, HOSTILE)
    return folder


def entries(repository: Path, *names: str) -> list[RevisionComparison]:
    return compare_revisions(read_revisions(repository, names, PATHS))


def test_commits_tags_branches_and_experiments_are_read_where_they_stand(repository: Path):
    key = ("retrieval", "real", "clip2nerf cosine", "recall@1")
    entries_shown = entries(repository, "first", "main", "main~1", "longer")
    assert [entry.now.values[key].value for entry in entries_shown] == [70.0, 73.0, 70.0, 80.5]
    assert [entry.now.params["nerf", "steps"] for entry in entries_shown] == ["150", "200", "150", "300"]
    assert [bool(entry.now.revision.baseline) for entry in entries_shown] == [False, False, False, True]


def test_by_default_it_is_the_commits_that_touch_metrics_oldest_first_and_the_experiments(repository: Path):
    names = recent_revisions(repository, "reports/metrics")
    commits = [git(repository, "rev-parse", "--short", name) for name in ("first", "main")]
    assert names == [*commits, "longer"]


def test_each_number_has_the_interval_of_its_own_table():
    """Tables 4.4a and 4.5a have the same row and column, and here the same value."""
    numbers = {domain: {"clip2nerf cosine": {"recall@1": 70.0}} for domain in ("synthetic", "real")}
    rows = (
        "4.4a,clip2nerf cosine,recall@1,recall_synthetic,70.0,60.0,80.0,3,208,\n"
        "4.5a,clip2nerf cosine,recall@1,recall_real,70.0,68.0,72.0,3,1300,\n"
        "0.1,a table of former days,recall@1,recall_real,70.0,1.0,2.0,3,1300,\n"
    )
    files = {"reports/metrics/retrieval.json": json.dumps(numbers), "reports/tables/retrieval.csv": HEADER + rows}
    (entry,) = compare_revisions([Revision("now", "c", "2020-01-01", "s", "", files)])
    assert entry.now.values == {
        ("retrieval", "synthetic", "clip2nerf cosine", "recall@1"): MetricValue(70.0, 60.0, 80.0),
        ("retrieval", "real", "clip2nerf cosine", "recall@1"): MetricValue(70.0, 68.0, 72.0),
    }


def test_intervals_come_from_the_table_row_of_the_same_value(repository: Path):
    (entry,) = entries(repository, "first")
    assert entry.now.values["retrieval", "real", "clip2nerf cosine", "recall@1"] == MetricValue(70.0, 68.0, 72.0)
    assert entry.now.values["retrieval", "real", "clip2nerf cosine", "recall@5"] == MetricValue(90.0)
    assert entry.now.values["nf2vec", "rank_1_trained"] == MetricValue(70.0)
    assert ("nf2vec", "note") not in entry.now.values


def test_an_experiment_is_compared_with_its_baseline_and_a_commit_with_the_one_before(repository: Path):
    entries_shown = entries(repository, "first", "main", "longer")
    assert [entry.before and entry.before.number for entry in entries_shown] == [None, 1, 1]
    assert [entry.changes for entry in entries_shown] == [
        [],
        [("nerf.steps", "150", "200")],
        [("nerf.steps", "150", "300")],
    ]
    key = ("retrieval", "real", "clip2nerf cosine", "recall@1")
    assert [list(entry.moves) for entry in entries_shown] == [[], [], [key]]  # 71 to 75 overlaps 68 to 72


def test_a_lone_experiment_is_compared_with_the_commit_it_started_from(repository: Path):
    base, experiment = entries(repository, "longer")
    assert base.now.revision.commit == git(repository, "rev-parse", "first")
    assert (experiment.before, experiment.changes) == (base.now, [("nerf.steps", "150", "300")])


def test_a_commit_is_never_compared_with_an_experiment(repository: Path):
    first, _, main = entries(repository, "first", "longer", "main")
    assert (first.before, main.before) == (None, first.now)


def test_a_paired_interval_decides_where_both_answered_the_same_queries(repository: Path):
    key = ("retrieval", "real", "clip2nerf cosine", "recall@1")
    revisions = read_revisions(repository, ("first", "main"), PATHS)  # 70 [68, 72], 73 [71, 75]
    _, unpaired = compare_revisions(revisions)
    _, paired = compare_revisions(revisions, lambda now, before: {key: Interval(3.0, 0.5, 5.5)})
    _, level = compare_revisions(revisions, lambda now, before: {key: Interval(3.0, -0.5, 6.5)})
    assert [list(entry.moves) for entry in (unpaired, paired, level)] == [[], [key], []]


def revision(name: str, steps: int, rate: float, value: float, baseline: str = "") -> Revision:
    metrics = json.dumps({"photos hit@1": value})
    files = {"params.yaml": f"steps: {steps}\nrate: {rate}\n", "reports/metrics/summary.json": metrics}
    return Revision(name, name, "2020-01-01", "s", baseline, files)


def test_revisions_of_one_base_that_differ_in_one_parameter_are_a_series_by_its_value():
    history = compare_revisions(
        [
            revision("base", 100, 0.1, 50.0),
            revision("long", 1000, 0.1, 60.0, "base"),
            revision("short", 20, 0.1, 40.0, "base"),
            revision("fast", 100, 0.5, 45.0, "base"),
            revision("both", 1000, 0.5, 99.0, "base"),
        ]
    )
    values_of_charts = {
        (series.parameter, tuple(value for value, _ in series.comparisons)): [
            value and value.value for value in series.lines()["summary", "photos hit@1"]
        ]
        for series in parameter_series(history)
    }
    assert values_of_charts == {
        ("steps", ("20", "100", "1000")): [40.0, 50.0, 60.0],
        ("steps", ("100", "1000")): [45.0, 99.0],
        ("rate", ("0.1", "0.5")): [60.0, 99.0],  # of two series with these values, the later one
    }
    (named,) = parameter_series(history[:3] + history[4:], "steps")
    assert [value for value, _ in named.comparisons] == ["20", "100", "1000"]
    assert named.others == ["rate"]
    assert named.left_out == ["long"]  # whose value of steps is that of both


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (MetricValue(5.0, 4.0, 6.0), MetricValue(8.0, 6.5, 9.0), True),
        (MetricValue(8.0, 6.5, 9.0), MetricValue(5.0, 4.0, 6.0), True),
        (MetricValue(5.0, 4.0, 6.0), MetricValue(7.0, 6.0, 8.0), False),
        (MetricValue(5.0), MetricValue(8.0, 6.5, 9.0), False),
        (MetricValue(5.0, 4.0, 6.0), None, False),
    ],
)
def test_a_difference_counts_where_intervals_do_not_overlap(one: MetricValue, other: MetricValue | None, apart: bool):
    assert one.apart(other) is apart


def test_numbers_have_the_intervals_that_stand_beside_them_or_in_the_file_of_the_summary_s_bounds():
    numbers = {
        "summary": {"clip2nerf": 59.2, "psnr_heldout": 32.3},
        "nf2vec": {
            "rank_1_trained": 69.23,
            "rank_1_trained_interval": {"low": 62.1, "high": 75.0},
            "gain": {"value": -1.92, "low": -13.4, "high": 9.56},
        },
    }
    files = {f"reports/metrics/{name}.json": json.dumps(values) for name, values in numbers.items()}
    files["reports/validation/summary.json"] = json.dumps({"clip2nerf": {"low": 50.1, "high": 68.2}})
    (entry,) = compare_revisions([Revision("now", "c", "2020-01-01", "s", "", files)])
    assert entry.now.values == {
        ("summary", "clip2nerf"): MetricValue(59.2, 50.1, 68.2),
        ("summary", "psnr_heldout"): MetricValue(32.3),
        ("nf2vec", "rank_1_trained"): MetricValue(69.23, 62.1, 75.0),
        ("nf2vec", "gain"): MetricValue(-1.92, -13.4, 9.56),
    }


def test_effects_of_claims_have_their_intervals_too():
    table = (
        "claim,part,text,published_effect,effect,ci_low,ci_high,verdict,verdict_of_twelve,level,n,seeds,setting\n"
        "4,,x,1,2.5,1.5,3.5,holds,,0.95,1,1,\n4,a,x,1,2.5,1.0,3.0,holds,,0.95,1,1,\n5,,x,1,,,,undecided,,0.95,,,\n"
    )
    metrics = json.dumps({"effects": {"4": {"headline": 2.5, "a": 2.5}}})
    files = {"reports/tables/claims.csv": table, "reports/metrics/claims.json": metrics}
    (entry,) = compare_revisions([Revision("now", "c", "2020-01-01", "s", "", files)])
    assert entry.now.values["claims", "effects", "4", "headline"] == MetricValue(2.5, 1.5, 3.5)
    assert entry.now.values["claims", "effects", "4", "a"] == MetricValue(2.5, 1.0, 3.0)


def test_the_page_shows_revisions_changes_and_moves_and_is_inert(repository: Path, tmp_path: Path):
    names = ("first", "main", "longer")
    build_history(revisions=names, repository=repository, out=tmp_path / "history.html")
    page = (tmp_path / "history.html").read_text("utf-8")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    assert "Metrics over 3 revisions" in text
    assert "if the two 90 % intervals do not overlap" in text
    assert "nerf.steps: 150 → 300" in text
    assert "retrieval · real · clip2nerf cosine · Hit@1 1 → 3 70 [68, 72] ▲ 80.5 [78.5, 82.5]" in text
    assert "seeds" not in text.split("What moved")[0]
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert "nerf.steps 150 revision 1 300 revision 3, less 1" in text
    assert page.count('<img src="data:image/svg+xml') == 2 + 1  # two files of metrics, and one parameter
    assert not (tmp_path / "numbers.csv").exists()
    build_history(repository=repository, out=tmp_path / "default.html")
    assert "Metrics over 3 revisions" in (tmp_path / "default.html").read_text("utf-8")


def test_numbers_against_a_parameter_stand_in_a_csv_file_and_a_pattern_names_experiments(
    repository: Path, tmp_path: Path
):
    out, numbers = tmp_path / "h.html", tmp_path / "numbers.csv"
    build_history(revisions=("lon*",), against="nerf.steps", numbers=numbers, repository=repository, out=out)
    rows = list(csv.DictReader(numbers.read_text().splitlines()))
    assert [(row["value"], row["name"], row["number"], row["ci_low"]) for row in rows] == [
        ("150", "test · real · clip2nerf cosine · Hit@1", "70.0", "68.0"),
        ("300", "test · real · clip2nerf cosine · Hit@1", "80.5", "78.5"),
    ]
    with pytest.raises(InputError, match=r"no two of these revisions differ in other\.parameter"):
        build_history(revisions=("lon*",), against="other.parameter", numbers=numbers, repository=repository, out=out)
    with pytest.raises(InputError, match=r"revisions 'x\*': no experiment matches"):
        build_history(revisions=("x*",), repository=repository, out=out)


def test_a_revision_that_cannot_be_read_is_named(repository: Path, tmp_path: Path):
    with pytest.raises(InputError, match="revision 'nowhere': expected a commit, tag, branch or DVC experiment"):
        build_history(revisions=("first", "nowhere"), repository=repository, out=tmp_path / "h.html")
    with pytest.raises(InputError, match="revision '--all'"):
        build_history(revisions=("--all",), repository=repository, out=tmp_path / "h.html")
    broken = Revision("v1", "c", "2020-01-01", "s", "", {"reports/metrics/nf2vec.json": "{"})
    with pytest.raises(InputError, match=r"revision 'v1': reports/metrics/nf2vec.json cannot be read"):
        compare_revisions([broken])
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "nothing")
    with pytest.raises(InputError, match="no commit touches reports/metrics"):
        build_history(repository=tmp_path, out=tmp_path / "h.html")
    with pytest.raises(InputError, match=r"git .* not a git repository"):
        recent_revisions(tmp_path_without_git(tmp_path), "reports/metrics")


def tmp_path_without_git(folder: Path) -> Path:
    import shutil

    shutil.rmtree(folder / ".git")
    return folder


def test_rows_of_one_column_share_a_chart_and_many_lines_take_several():
    rows = [("spaces", "4.6", f"head {i}", "accuracy") for i in range(3)]
    columns = [("spaces", "4.7", "concat", f"recall@{i}") for i in range(10)]
    flat = [("spaces", "psnr"), ("spaces", "share")]
    charts = [(at, list(lines)) for at, lines in _chart_lines([*rows, *columns, *flat])]
    assert charts[0] == (("4.6", "accuracy"), ["head 0", "head 1", "head 2"])
    assert [(at, len(lines)) for at, lines in charts[1:3]] == [(("4.7", "concat"), 8), (("4.7", "concat"), 2)]
    assert charts[3] == ((), ["psnr", "share"])
