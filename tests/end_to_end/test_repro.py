"""`dvc repro` from nothing to the result page, twice, and through a kill."""

import subprocess
import time
from pathlib import Path

from result_rows import rows

ALLOWED = {"parquet", "safetensors", "json"}


def listing(folder: Path) -> set[str]:
    hidden = {".git", ".dvc", ".scratch", "__pycache__"}
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path) for path in files if not hidden & set(path.parts)}


def test_the_page_is_there_and_every_published_number_has_its_counterpart(study):
    assert "<html" in (study.folder / "reports" / "index.html").read_text()
    published = {key(row) for row in rows(study.folder / "reports" / "published" / "tables.csv")}
    ours = {key(row) for path in tables(study) for row in rows(path)}
    assert len(published) == 232
    assert published - ours == set()


def test_a_parameter_out_of_bounds_is_named_and_no_output_is_removed(study):
    outputs = listing(study.folder / "data") | listing(study.folder / "reports")
    study.change({"photos": {"per_class": -5}})
    ended = study.start("dvc", "repro", stderr=subprocess.PIPE)
    assert "photos.per_class" in ended.communicate()[1].decode()
    assert ended.returncode
    study.change({"photos": {"per_class": 4}})  # other tests read the study as it was
    assert listing(study.folder / "data") | listing(study.folder / "reports") == outputs
    assert "Running stage 'prepare" not in study.run("dvc", "repro")


def tables(study) -> list[Path]:
    """Every study's table; the claims are something else."""
    return [path for path in (study.folder / "reports" / "tables").glob("*.csv") if path.name != "claims.csv"]


def test_every_claim_has_a_verdict(study):
    claims = rows(study.folder / "reports" / "tables" / "claims.csv")
    headlines = {row["claim"]: row["verdict"] for row in claims if not row["part"]}
    assert list(headlines) == [str(number) for number in range(1, 13)]
    assert set(headlines.values()) <= {"holds", "does not hold", "undecided"}


def key(row: dict[str, str]) -> tuple[str, ...]:
    return row["table"], row["row"], row["column"], row["metric"]


def test_a_second_repro_runs_nothing(study):
    said = study.run("dvc", "repro")
    assert "Running stage" not in said
    assert "up to date" in said


def test_outputs_are_parquet_safetensors_and_json_and_nothing_else_is_written(study):
    study.run("git", "add", "-A")
    suffixes = {path.suffix[1:] for path in (study.folder / "data").rglob("*") if path.is_file()}
    assert suffixes <= ALLOWED
    outs = {*study.output_digests(), "reports/index.html", "reports/speed.json", "reports/figures", "reports/plots"}
    tracked = set(study.run("git", "ls-tree", "-r", "--name-only", "HEAD").splitlines())
    written = {name for name in listing(study.folder) - tracked if not name.endswith("dvc.lock")}
    stray = {name for name in written if not any(name == out or name.startswith(f"{out}/") for out in outs)}
    assert stray == set()


def test_numbers_are_never_missing_and_intervals_hold_their_value(study):
    numbers = [row for path in tables(study) for row in rows(path)]
    assert numbers
    for row in numbers:
        value, low, high = float(row["value"]), float(row["ci_low"]), float(row["ci_high"])
        assert (-100 if row["metric"] == "silhouette" else 0) <= low <= value <= high <= 100
        assert int(row["n"]) > 0
        assert int(row["seeds"]) > 0


def test_a_stage_killed_in_the_middle_goes_on_and_ends_with_the_same_result(study):
    before = study.output_digests()
    scratch = study.folder / ".scratch" / "fit_nerfs"
    for shard in scratch.glob("*.parquet"):
        shard.unlink()
    process = study.start("dvc", "repro", "--single-item", "--force", "fit_nerfs")
    deadline = time.monotonic() + 120
    while not list(scratch.glob("*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.02)
    study.kill(process)
    shards = {path: path.stat().st_mtime_ns for path in scratch.glob("*.parquet")}
    assert shards
    assert not (study.folder / "data" / "nerfs").exists()
    study.run("dvc", "repro", "--single-item", "--force", "fit_nerfs")  # not from the run cache
    assert {path: path.stat().st_mtime_ns for path in shards} == shards
    assert study.output_digests() == before


def test_a_grown_catalogue_fits_only_the_new_objects(study):
    scratch = study.folder / ".scratch" / "fit_nerfs"
    shards = set(scratch.glob("*.parquet"))
    splits, before = objects(study), study.output_digests()
    study.change({"scenes": {"objects_per_class": 9}})
    study.run("dvc", "repro", "fit_nerfs")
    grown = objects(study)
    assert {name: grown[name] for name in splits} == splits
    assert len(grown) > len(splits)
    new = set(scratch.glob("*.parquet")) - shards
    fitted = {item for path in new for item in items(path)}
    assert fitted == set(grown) - set(splits)
    study.change({"scenes": {"objects_per_class": 8}})  # other tests read the study as it was
    study.run("dvc", "repro", "fit_nerfs")
    assert study.output_digests() == before


def objects(study) -> dict[str, str]:
    from fieldlink.core import datasets
    from fieldlink.core.schemas import OBJECTS

    table = datasets.read(study.folder / "data" / "objects", OBJECTS)
    return dict(zip(table["object_id"].to_pylist(), table["split"].to_pylist(), strict=True))


def items(path: Path) -> list[str]:
    import json

    import pyarrow.parquet as pq

    return list(json.loads(pq.read_metadata(path).metadata[b"keys"]))
