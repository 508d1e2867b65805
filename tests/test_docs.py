"""What the documents say is true of code, parameters and results: numbers, commands, links, names, the figure."""

import csv
import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pipeline
import pipeline_figure
import pytest
from ruamel.yaml import YAML

from fieldlink.core.params import Params, load

ROOT = pipeline.ROOT
STUDIES = sorted(ROOT.glob("pipelines/*/README.md"))
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "reports/benchmarks/README.md")),
    *sorted(ROOT.glob("docs/*.md")),
    *STUDIES,
]
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]


def text(name: str | Path) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def committed(name: str) -> str:
    """A file as committed, so that a run with other parameters makes no document wrong; as it is if git is absent."""
    shown = subprocess.run(
        ["git", "show", f"HEAD:{name}"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    return shown.stdout if shown.returncode == 0 else text(name)


def rows_of(table: str) -> list[list[str]]:
    """The body of a Markdown table's lines."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if not set("".join(row)) <= set("-|")]


# Numbers


def results(study: str) -> dict[tuple[str, ...], dict[str, str]]:
    """The rows of a study's table by table, row with its setting, and column."""
    results_by_cell = {}
    for row in csv.DictReader(committed(f"reports/tables/{study}.csv").splitlines()):
        setting = f" ({row['setting']})" if row["setting"] else ""
        results_by_cell[row["table"], row["row"] + setting, row["column"]] = row
    return results_by_cell


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.parent.name)
def test_the_numbers_to_expect_are_those_of_the_committed_study(path):
    expected = path.read_text(encoding="utf-8").split("**Numbers to expect.**", 1)[1].split("**What", 1)[0]
    header, *rows = rows_of(expected)
    assert rows
    if header == ["file", "metric", "value"]:
        for file, metric, value in rows:
            assert str(at(json.loads(committed(f"reports/metrics/{file}.json")), metric)) == value, metric
        return
    computed = results(path.parent.name)
    for table, row, column, percent, interval in rows:
        cell = computed[table, row, column]
        low, high = (f"{float(cell[name]):.1f}" for name in ("ci_low", "ci_high"))
        assert (percent, interval) == (f"{float(cell['value']):.1f}", f"{low} to {high}"), (table, row, column)


def test_the_headline_numbers_are_those_of_the_committed_study():
    from fieldlink.evaluation.study_tables import study_table
    from fieldlink.report import headline

    header, *shown = rows_of("| from" + text("README.md").split("| from", 1)[1].split("\n\n")[0])
    assert len(shown) == len(headline.HEADLINE) == 3
    for (meaning, percent, interval), key in zip(shown, headline.HEADLINE, strict=True):
        cell = results(study_table(key.table).study)[key.table, key.row, key.column]
        assert f"(Table {key.table}, {key.row.split()[0]})" in meaning
        assert percent == f"{float(cell['value']):.1f}"
        assert f"{cell['n']} test NeRFs" in header[0] or key.table == "4.5a"
        assert interval == f"{float(cell['ci_low']):.1f} to {float(cell['ci_high']):.1f}"


def test_the_learning_curve_of_the_docs_is_the_committed_one():
    """Every row of the table, and the range that the README gives for the fewest and for the most objects."""
    with (ROOT / "reports/worlds/learning_curve/numbers.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if "less CLIP" in row["name"]]
    curves: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        curves.setdefault(row["name"], []).append(row)
    documented = (ROOT / "docs/worlds.md").read_text(encoding="utf-8").replace("−", "-")
    for name, points in curves.items():
        numbers = " | ".join(f"{float(point['number']):.1f}" for point in points)
        low, high = (float(points[-1][bound]) for bound in ("ci_low", "ci_high"))
        assert f"| {name} | {numbers} [{low:.1f}, {high:.1f}] |" in documented
    fewest, most = ([-round(float(points[end]["number"])) for points in curves.values()] for end in (0, -1))
    claim = f"{min(fewest)} to {max(fewest)} points below CLIP alone to {min(most)} to {max(most)} points below it"
    assert claim in " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())


def test_the_numbers_of_the_larger_world_are_those_of_its_tables():
    folder, documented = ROOT / "reports/worlds/large", text("docs/scale.md")
    results = {}
    for path in (folder / "tables").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            results |= {(row["table"], row["row"], row["column"]): row for row in csv.DictReader(file) if "row" in row}
    rows = rows_of(documented.split("| table, row, column |")[1].split("\n\n")[0])
    for name, number in rows:
        cell = results[tuple(name.split(", "))]
        value, low, high = (f"{float(cell[key]):.1f}" for key in ("value", "ci_low", "ci_high"))
        assert number == f"{value} [{low}, {high}]"
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert f"`{run['commit'][:10]}`: {run['minutes']:.0f} minutes" in documented
    params = YAML(typ="safe").load((folder / "params.yaml").read_text(encoding="utf-8"))
    assert params["study"]["seed"] == run["study_seed"]


def test_the_verdicts_of_the_readme_are_those_of_the_committed_worlds():
    from fieldlink.report.readme_verdicts import BEGIN, END, verdict_block

    shown = text("README.md").split(f"{BEGIN}\n")[1].split(END)[0]
    worlds = Path("reports/worlds")
    assert shown == (verdict_block(worlds) if (ROOT / worlds / "claims.csv").exists() else "")


def at(values: Any, key: str) -> Any:
    """The value at a dotted key, none where there is none."""
    for part in key.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return values


def written(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def compared() -> list[list[str]]:
    tables = text("docs/protocol.md").split("| parameter | default | published scale |")[1:]
    return [row for table in tables for row in rows_of(table.split("\n\n")[0])]


@pytest.mark.parametrize(("parameter", "default", "published"), compared())
def test_the_protocol_has_the_parameters_of_both_profiles(parameter, default, published):
    key, yaml = parameter.strip("`"), YAML(typ="safe")
    values, profile = (yaml.load(committed(name)) for name in ("params.yaml", "profiles/thesis.yaml"))
    value, overlaid = at(values, key), at(profile, key)
    assert value is not None
    assert default in {written(value), "not read"}
    assert published in {written(value if overlaid is None else overlaid), "not read"}


# The protocol's sections


def cited() -> Iterator[tuple[str, str]]:
    """Every "protocol N" in code, tests, pipelines and parameters: file and number."""
    files = [path for folder in ("fieldlink", "stages", "tests", "pipelines", "profiles") for path in files_in(folder)]
    for path in [*files, ROOT / "params.yaml", ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        for number in re.findall(r"\bprotocol (\d+(?:\.\d+)?)", path.read_text(encoding="utf-8"), re.IGNORECASE):
            yield str(path.relative_to(ROOT)), number


def files_in(folder: str) -> list[Path]:
    kinds = {".py", ".yaml", ".md", ".html"}
    return [path for path in sorted((ROOT / folder).rglob("*")) if path.suffix in kinds]


def test_every_section_of_the_protocol_that_the_code_cites_has_a_heading():
    headings = set(re.findall(r"^#{2,3} (\d+(?:\.\d+)?)\.? ", text("docs/protocol.md"), re.MULTILINE))
    citations = set(cited())
    assert len(citations) > 20
    assert [citation for citation in sorted(citations) if citation[1] not in headings] == []


# The figure


def test_the_figure_is_the_pipeline():
    assert pipeline_figure.BLOCK.findall(text("README.md")) == [pipeline_figure.mermaid()]


def test_every_stage_of_the_root_file_is_in_one_step_of_the_figure():
    names = [name for names in pipeline_figure.STEPS.values() for name in names]
    assert sorted(names) == sorted(name for name in pipeline.stages() if ":" not in name)


# Commands, parameters, links, names


def commands(name: str) -> list[str]:
    """Commands in fenced blocks and between backticks, without comments."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", text(name), re.DOTALL | re.MULTILINE)
    fenced = "\n".join(body for language, body in blocks if not language).replace("\\\n", " ")
    quoted = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text(name), flags=re.DOTALL))
    lines = [line.split("  #")[0].strip() for line in [*fenced.splitlines(), *quoted]]
    parts = [part.strip() for line in lines for part in line.split("&&")]
    return [part for part in parts if re.match(r"(fieldlink|dvc|make|python) ", part) and "…" not in part]


COMMANDS = [(name, command) for name in NAMES for command in commands(name)]
SETS = [(name, command) for name, command in COMMANDS if " -S " in command]
ADDRESSES = [(name, word) for name, command in COMMANDS for word in command.split() if "dvc.yaml" in word]
TARGETS = [(name, command.split()[1]) for name, command in COMMANDS if command.startswith("make ")]
SUBCOMMANDS = [(name, command) for name, command in COMMANDS if command.startswith("fieldlink ")]
PROGRAMS = [(name, command) for name, command in COMMANDS if command.startswith("python ")]


@pytest.mark.parametrize(("name", "command"), SETS)
def test_every_parameter_that_a_command_sets_is_valid(tmp_path, name, command):
    from dvc.utils.hydra import apply_overrides

    path = tmp_path / "params.yaml"
    path.write_text(text("params.yaml"), encoding="utf-8")
    before = load(path)
    values = [value for flag, value in pairwise(shlex.split(command)) if flag == "-S"]
    if "--queue" in command:  # several experiments: the first value of each
        values = [f"{key}={value.split(',')[0]}" for key, _, value in (pair.partition("=") for pair in values)]
    apply_overrides(path, values)
    assert load(path) != before


@pytest.mark.parametrize(("name", "address"), ADDRESSES)
def test_every_address_is_a_stage_or_a_pipeline(name, address):
    assert address in pipeline.stages() or (ROOT / address).is_file()


@pytest.mark.parametrize(("name", "target"), TARGETS)
def test_every_target_is_in_the_makefile_with_all_it_needs(name, target):
    assert re.search(rf"^{target}:", text("Makefile"), re.MULTILINE)
    subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, check=True)


@pytest.mark.parametrize(("name", "command"), SUBCOMMANDS)
def test_every_subcommand_and_its_flags_exist(name, command):
    from fieldlink.commands.main import COMPLETION, SUBCOMMANDS

    _, subcommand, *others = shlex.split(command)
    if subcommand in {"--help", "--version", *COMPLETION}:
        return
    assert subcommand in SUBCOMMANDS
    flags = {word.split("=")[0] for word in others if word.startswith("--")}
    actions = [word for word in others[:1] if subcommand == "worlds"]
    assert flags <= flags_of("fieldlink.commands.main", subcommand, *actions) | {"-S"}


@pytest.mark.parametrize(("name", "command"), PROGRAMS)
def test_every_program_exists(name, command):
    words = shlex.split(command)[1:]
    path = Path(words[1].replace(".", "/")).with_suffix(".py") if words[0] == "-m" else Path(words[0])
    packages = {"pytest", "fieldlink"}
    assert words[1] in packages if words[0] == "-m" and words[1] in packages else (ROOT / path).exists()
    for word in words:
        if word.startswith("tests/") and "<" not in word:
            assert (ROOT / word).exists(), word


def flags_of(*command: str) -> set[str]:
    """The flags that `python -m <command> --help` names."""
    ran = subprocess.run(
        ["python", "-m", *command, "--help"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    return set(re.findall(r"--[a-z][a-z0-9-]*", ran.stdout))


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_between_backticks_is_in_params_yaml(name):
    values = YAML(typ="safe").load(text("params.yaml"))
    quoted = re.findall(r"`([a-z_0-9]+(?:\.[a-z_0-9]+)+)(?:[:=][^`]*)?`", text(name))
    keys = [key for key in quoted if key.split(".")[0] in values and not key.endswith((".csv", ".json", ".py"))]
    assert [key for key in keys if at(values, key) is None] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name):
    for link in re.findall(r"\]\(([^)\s]+)\)", text(name)):
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        assert target.exists(), link
        headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
        assert not anchor or anchor in {re.sub(r"[^\w\- ]", "", head).lower().replace(" ", "-") for head in headings}


@pytest.mark.parametrize("name", NAMES)
def test_every_path_between_backticks_exists(name):
    """Paths of code, tests and pipelines; `<name>` and `*` stand for any."""
    for path in re.findall(r"`((?:fieldlink|stages|tests|pipelines|profiles|docs)/[^`\s:]*)", text(name)):
        pattern = re.sub(r"<[a-z_]+>", "*", path.rstrip("/"))
        assert list(ROOT.glob(pattern)), path


@pytest.mark.parametrize("name", NAMES)
def test_documents_keep_to_lines_of_120_characters(name):
    lines = enumerate(re.sub(r"```.*?```", "", text(name), flags=re.DOTALL).splitlines(), 1)
    free = ("|", "![")  # tables and pictures
    assert [number for number, line in lines if len(line) > 120 and not line.startswith(free)] == []


def test_the_first_page_has_a_reading_order_of_ten_files_and_a_glossary_of_fifteen_words():
    order = text("README.md").split("## Start reading here", 1)[1]
    assert len(re.findall(r"^\d+\. \[", order, re.MULTILINE)) == 10
    glossary = text("README.md").split("## Glossary", 1)[1].split("\n## ")[0]
    assert len(rows_of(glossary)[1:]) == 15


# The layers


def test_the_picture_of_the_layers_is_the_linters():
    contracts = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    picture = re.search(r"## Layers\n.*?```\n(.*?)```", text("CONTRIBUTING.md"), re.DOTALL)
    assert picture
    lines = [line for line in picture[1].splitlines() if not line.startswith(" ")]
    names = [re.split(r"\s{2,}", line)[0] for line in lines]
    assert [sorted(name.split(" | ")) for name in names] == [sorted(layer.split(" | ")) for layer in layers]


# The choices


def choices() -> list[list[str]]:
    return rows_of(text("README.md").split("## What can be chosen", 1)[1].split("\n\n")[1])[1:]


@pytest.mark.parametrize(("parameters", "members"), choices())
def test_the_choices_are_those_of_the_parameters(parameters, members):
    for key in re.findall(r"`([a-z_0-9.]+)`", parameters):
        assert re.findall(r"`([a-z_0-9]+)`", members) == literals(key)


def literals(key: str) -> list[str]:
    """The values that a parameter may have."""
    model: Any = Params
    for part in key.split("."):
        model = model.model_fields[part].annotation
    while get_args(model) and not isinstance(get_args(model)[0], str):
        model = get_args(model)[0]
    return list(get_args(model))
