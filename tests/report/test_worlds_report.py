"""reports/worlds from a repository with made-up experiments: numbers by hand, families, and the page."""

import csv
import re
import subprocess
from pathlib import Path

import pytest

from fieldlink.commands.worlds import ReportWorlds, RunWorlds, overrides_of, seeds_of
from fieldlink.core.errors import InputError
from fieldlink.report.readme_verdicts import BEGIN, END, verdict_block
from fieldlink.report.world_names import experiment_name, experiment_reference, parsed_name

CLAIMS = "claim,part,text,published_effect,effect,ci_low,ci_high,verdict,verdict_of_twelve,level,n,seeds,setting\n"
CELLS = "table,row,column,metric,value,ci_low,ci_high,seeds,n,setting\n"
BY_SEED = "table,row,column,metric,seed,value\n"
CELL = "4.4a,clip2nerf cosine,recall@1,recall_synthetic"
HOSTILE = "<script>alert(1)</script>"
FILES = {
    "params.yaml": "study:\n  seed: 0\nintervals:\n  level: 0.95\nclaims:\n  margin: 2.0\n",
    "reports/published/tables.csv": f"table,row,column,metric,value,ci95\n{CELL},81.5,1\n",
}


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    command = ["git", *identity, *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def world_files(effect: float | None, value: float) -> dict[str, str]:
    """The sixth claim with an effect ± 1.96 (a variance of 1), and a cell of five training seeds.

    Its variance is 4: 0.5 of the seeds, ± 1 and ± 2 around it, and 3.5 of the queries. Cochran's half-width is then
    (2.776445 · 0.5 + 1.959964 · 3.5) / 2.
    """
    half = (2.776445 * 0.5 + 1.959964 * 3.5) / 2
    seeds = "\n".join(f"{CELL},{seed},{value + seed - 2}" for seed in range(5))
    numbers = ",," if effect is None else f"{effect},{effect - 1.959964},{effect + 1.959964}"
    return {
        "reports/tables/claims.csv": f"{CLAIMS}6,,{HOSTILE},0.5,{numbers},undecided,undecided,0.95,208,2,\n",
        "reports/tables/retrieval.csv": f"{CELLS}{CELL},{value},{value - half},{value + half},5,208,\n",
        "reports/by_seed/retrieval.csv": f"{BY_SEED}{seeds}\n",
    }


def commit(folder: Path, files: dict[str, str], subject: str) -> str:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", subject)
    return git(folder, "rev-parse", "HEAD")


def experiment(folder: Path, base: str, name: str, effect: float | None, value: float) -> None:
    git(folder, "checkout", "-q", "--detach", base)
    made = commit(folder, world_files(effect, value), name)
    git(folder, "update-ref", experiment_reference(base, name), made)
    git(folder, "checkout", "-q", "main")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three worlds and two with another parameter on the first commit, and a second commit without worlds."""
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "-q", "-b", "main")
    base = commit(folder, FILES, "frozen")
    for seed, effect, value in ((1, 4.0, 50.0), (2, 6.0, 54.0), (10, 5.0, 58.0)):
        experiment(folder, base, f"world-{seed}", effect, value)
    for seed, value in ((1, 53.0), (2, 55.0), (3, 99.0)):
        experiment(folder, base, experiment_name(["mapper.batch=128"], seed), None, value)
    experiment(folder, base, experiment_name(["a.b=1"], 7), None, 99.0)  # one world of a sweep
    experiment(folder, base, "another", 99.0, 99.0)
    experiment(folder, base, "world-0", 99.0, 99.0)  # the development world judges nothing
    later = commit(folder, {"notes.txt": "later"}, "later")
    for value in ("1", "2"):  # a sweep in one world of a later commit
        experiment(folder, later, experiment_name([f"a.b={value}"], 11), 99.0, 99.0)
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


@pytest.fixture(scope="module")
def out(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    ReportWorlds(repository=repository, out=folder)()
    return folder


def test_effects_are_those_of_each_world_of_the_latest_commit_that_has_some(out: Path):
    effects = [(row["claim"], row["part"], row["world"], float(row["effect"])) for row in rows(out / "effects.csv")]
    assert effects == [("6", "", "1", 4.0), ("6", "", "2", 6.0), ("6", "", "10", 5.0)]


def test_a_claim_s_line_by_hand(out: Path):
    """Effects 4, 5 and 6: variance 1, so Student's 97.5 % with 2 degrees of freedom, 4.302653, times 1 / √3.

    Its p is 0.013, and as the least of twelve, of which the others are lacking, 0.157.
    """
    (row,) = rows(out / "claims.csv")
    assert list(row) == [
        *("claim", "part", "text", "published_effect", "effect", "ci_low", "ci_high", "sd_between"),
        *("prediction_low", "prediction_high", "worlds", "verdict", "verdict_of_twelve", "worlds_needed"),
    ]
    assert (row["published_effect"], row["effect"], row["worlds"]) == ("0.5", "5.0", "3")
    assert float(row["ci_low"]) == pytest.approx(5 - 4.302653 / 3**0.5, abs=1e-4)
    assert float(row["prediction_high"]) == pytest.approx(5 + 4.302653 * (4 / 3) ** 0.5, abs=1e-4)
    assert float(row["sd_between"]) == pytest.approx(0, abs=2e-3)  # all of it is noise within worlds
    assert (row["verdict"], row["verdict_of_twelve"], row["worlds_needed"]) == ("holds", "undecided", "0")


def test_a_cell_s_line_and_its_variance_components_by_hand(out: Path):
    """Values 50, 54 and 58: variance 16, of which 4 within a world, 0.5 of it from seeds."""
    (cell,) = rows(out / "cells.csv")
    assert (cell["value"], cell["published"], cell["worlds"]) == ("54.0", "81.5", "3")
    assert float(cell["sd_between"]) == pytest.approx(12**0.5, abs=1e-4)
    assert float(cell["ci_high"]) == pytest.approx(54 + 4.302653 * 4 / 3**0.5, abs=1e-4)
    (component,) = [row for row in rows(out / "components.csv") if row["table"]]
    spreads = [float(component[name]) for name in ("sd_between", "sd_within", "sd_seeds", "sd_queries")]
    assert spreads == pytest.approx([12**0.5, 2, 0.5**0.5, 3.5**0.5], abs=1e-4)


def test_what_an_earlier_report_wrote_goes(repository: Path, tmp_path: Path):
    for name in ("effects.csv", "gone/worlds.json", "learning_curve/numbers.csv", "mapper.batch-128/effects.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("old")
    ReportWorlds(repository=repository, out=tmp_path)()
    assert "old" not in (tmp_path / "effects.csv").read_text()
    assert not (tmp_path / "gone").exists()
    assert not (tmp_path / "mapper.batch-128/effects.csv").exists()  # its worlds have no effects
    assert (tmp_path / "learning_curve/numbers.csv").exists()  # no report of worlds


def test_another_family_is_compared_world_by_world(out: Path):
    """+ 3 and + 1 where both families have the seed: mean 2, and Student's 12.7062 with one degree of freedom."""
    (difference,) = rows(out / "mapper.batch-128" / "differences.csv")
    assert (difference["difference"], difference["worlds"]) == ("2.0", "2")
    assert float(difference["ci_low"]) == pytest.approx(2 - 12.7062, abs=1e-3)
    assert not (out / "mapper.batch-128" / "effects.csv").exists()
    assert not (out / "a.b-1").exists()  # one world is compared with others by fieldlink history
    assert [row["value"] for row in rows(out / "mapper.batch-128" / "cells.csv")] == ["69.0"]


def test_the_page_is_self_contained_inert_and_names_the_commit(out: Path, repository: Path):
    page = (out / "index.html").read_text()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    assert git(repository, "rev-parse", "main~1")[:10] in text
    assert "study seeds 1, 2, 10" in text
    assert "✓ holds" in text
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert 'src="data:image/svg+xml' in page
    assert not re.search(r'(?:src|href)="https?:', page)
    assert (out / "forest.svg").read_text().startswith("<?xml")


def test_the_readme_s_block_is_that_of_the_folder_and_all_else_stays(repository: Path, tmp_path: Path):
    readme, folder = tmp_path / "README.md", tmp_path / "worlds"
    readme.write_text(f"# Title\n\n{BEGIN}\nold\n{END}\n\nRest\n")
    for _ in range(2):  # the second time changes nothing
        ReportWorlds(repository=repository, out=folder, readme=readme)()
        text = readme.read_text()
        assert text == f"# Title\n\n{BEGIN}\n{verdict_block(folder)}{END}\n\nRest\n"
    assert "study seeds 1, 2, 10" in text
    assert f"commit `{git(repository, 'rev-parse', 'main~1')[:10]}`" in text
    assert "Verdicts: holds 1, does not hold 0, undecided 0." in text
    assert f"| 6 | {HOSTILE} | +0.50 | +5.00 [+2.52, +7.48] | ✓ holds | undecided |" in text  # 5 ± 4.302653 / √3
    (folder / "worlds.json").write_text((folder / "worlds.json").read_text().replace('"family": ""', '"family": "f"'))
    with pytest.raises(InputError, match=r"worlds of f, expected those of the commit's own parameters"):
        verdict_block(folder)
    readme.write_text("# Title\n")
    with pytest.raises(InputError, match=r"README.md: expected the lines .*between which the verdicts stand"):
        ReportWorlds(repository=repository, out=folder, readme=readme)()


def test_without_worlds_it_is_an_error_that_says_what_to_run(repository: Path, tmp_path: Path):
    with pytest.raises(InputError, match="no worlds of main: run fieldlink worlds run"):
        ReportWorlds(repository=repository, commit="main", out=tmp_path)()
    broken = tmp_path / "broken"
    broken.mkdir()
    git(broken, "init", "-q", "-b", "main")
    base = commit(broken, FILES, "frozen")
    git(broken, "update-ref", experiment_reference(base, "world-4"), base)
    with pytest.raises(InputError, match=r"world 4: no result tables, expected reports/tables"):
        ReportWorlds(repository=broken, out=tmp_path)()


def test_worlds_run_on_commits_alone(repository: Path, tmp_path: Path):
    with pytest.raises(InputError, match="no DVC repository"):
        RunWorlds(seeds="1", repository=repository)()
    folder = tmp_path / "dirty"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / ".dvc").mkdir()
    commit(folder, FILES, "frozen")
    (folder / "params.yaml").write_text("study:\n  seed: 3\n")
    with pytest.raises(InputError, match=r"1 files differ from the commit .* such as params.yaml: commit or restore"):
        RunWorlds(seeds="1", repository=folder)()
    for override in ("mapper.batch", "study.seed=3"):
        with pytest.raises(InputError, match=f"-S {override}: expected KEY=VALUE"):
            RunWorlds(seeds="1", set_param=(override,), repository=folder)()


def test_seeds_are_numbers_and_ranges_each_once():
    assert seeds_of("1-3,7,2") == [1, 2, 3, 7]
    for text in ("", "3-1", "a", "1,,2", "-1"):
        with pytest.raises(InputError, match="expected seeds and ranges"):
            seeds_of(text)


def test_swept_parameters_go_together():
    assert overrides_of([]) == [()]
    assert overrides_of(["a=1,2", "b.c=3,4"]) == [("a=1", "b.c=3"), ("a=2", "b.c=4")]
    with pytest.raises(InputError, match="expected as many values of each parameter, got 2 in a=1,2, 1 in b=3"):
        overrides_of(["a=1,2", "b=3"])
    for text in ("a", "a=", "=1", "a=1,,2"):
        with pytest.raises(InputError, match="expected KEY=V1,V2"):
            overrides_of([text])


def test_names_tell_families_apart_and_are_read_back():
    changes = [[], ["a.b=1"], ["a.b=-1"], ["a.b=1", "c=2"], ["a.b=[1,2]"], ["a.b=1,2"], ["c=x/y"], ["c=x-y"]]
    names = [experiment_name(overrides, 12) for overrides in changes]
    assert len(set(names)) == len(names)
    assert names[:2] == ["world-12", "a.b-1-world-12"]
    assert experiment_name(["c=2", "a.b=1"], 12) == names[3]
    assert all(re.fullmatch(r"[\w.-]+", name) for name in names)
    assert [parsed_name(name)[1] for name in names] == [12] * len(names)
    assert parsed_name("another") is None
