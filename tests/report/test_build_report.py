"""The result page from files, as its stages make it."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from fieldlink.core.errors import InputError
from fieldlink.core.explorer_address import ADDRESS
from fieldlink.report import claims_section
from stages.report.build_report import build_report


class Page(HTMLParser):
    """Tags, attributes and visible text of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def always(files) -> dict[str, Path]:
    return {name.lstrip("-"): Path(path) for name, path in (word.split("=") for word in files.always())}


@pytest.fixture(scope="session")
def built(files):
    """The page of the whole small study, through the command line."""
    times = files.root / "scratch" / "times"
    times.mkdir(parents=True)
    record = {"stage": "fit_nerfs", "out": "data/nerfs", "seconds": 61.5}
    (times / "fit_nerfs-data-nerfs.json").write_text(json.dumps(record))
    build(files)
    return files


def build(files) -> None:
    environment = {**os.environ, "FIELDLINK_SCRATCH": str(files.root / "scratch")}
    subprocess.run(
        [sys.executable, "-m", "stages.report.build_report", *files.arguments()], check=True, env=environment
    )


def test_the_page_holds_every_section_and_lacks_none(built):
    text = Page(built.root / "index.html").text
    assert "Not in this run" not in text
    assert "not the published experiment" in text
    for words in (
        "12 objects by class and split",
        "71.0",
        "[66.1, 75.9]",
        "87.0 ± 1.1",
        "at least 18 expected",
        "61.5 s",
    ):
        assert words in text
    assert text.count("asked with a photo") == 2
    assert re.search(r"nf2vec.*rank_1_trained.*70\.2.*deeper\.key.*44\.5", text, re.DOTALL)


def test_generated_nerfs_stand_beside_the_nerf_itself(built):
    page = Page(built.root / "index.html")
    labels = [a["alt"] or "" for tag, a in page.tags if tag == "img"]
    labels = [label for label in labels if label.endswith((": bench-1", ": car-0"))]
    shown = [label.split(": ") for label in labels if not label.startswith(("right", "wrong"))]
    names = ["the view", "the NeRF itself", "NeRF vector → reconstruction", "view → mse", "caption → mse"]
    assert [name for name, of in shown if of == "bench-1"] == names
    assert [name for name, of in shown if of == "car-0"] == names[:-1]
    labels = [a["alt"] or "" for tag, a in page.tags if tag == "img"]
    assert [label for label in labels if label.startswith("photo → ")] == ["photo → mse: photo-bench-0"]


def test_names_ids_and_rows_are_inert_text(built):
    page = Page(built.root / "index.html")
    assert built.hostile in page.text
    assert not [attributes for _, attributes in page.tags if any(name.startswith("on") for name in attributes)]
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "iframe", "object", "link", "base", "form"})


def test_the_page_loads_nothing_from_elsewhere(built):
    page = Page(built.root / "index.html")
    policy = next(a["content"] for tag, a in page.tags if tag == "meta" and "http-equiv" in a)
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    addresses = [a[name] or "" for _, a in page.tags for name in ("src", "href") if name in a]
    assert all(address.startswith(("data:image/", "#", f"{ADDRESS}/")) for address in addresses)
    pictures = [a["src"] or "" for _, a in page.tags if "src" in a]
    assert all(address.startswith("data:image/") for address in pictures)
    style = (built.root / "index.html").read_text().split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_every_picture_has_an_alternative_text_and_every_link_a_place(built):
    page = Page(built.root / "index.html")
    assert all(attributes.get("alt") for tag, attributes in page.tags if tag == "img")
    places = {attributes.get("id") for _, attributes in page.tags}
    links = [attributes["href"] or "" for tag, attributes in page.tags if tag == "a"]
    assert {link.lstrip("#") for link in links if not link.startswith(ADDRESS)} <= places


def test_the_pictures_for_the_readme_are_small_and_come_out_the_same(built):
    names = ("nerf_wall.png", "retrieval.png")
    first = [(built.root / "figures" / name).read_bytes() for name in names]
    assert max(map(len, first)) < 300_000
    build(built)
    assert [(built.root / "figures" / name).read_bytes() for name in names] == first


def test_plots_have_one_row_per_step_and_count_every_nerf(built):
    curve = (built.root / "plots" / "clip.csv").read_text().splitlines()
    assert curve[0] == "step,train"
    assert len(curve) <= 121
    rows = [line.split(",") for line in (built.root / "plots" / "psnr.csv").read_text().splitlines()]
    assert rows[0] == ["psnr", "fitted_views", "held-out_views"]
    assert [sum(int(row[column]) for row in rows[1:]) for column in (1, 2)] == [built.objects] * 2


def test_without_data_the_page_says_what_is_missing(files, tmp_path: Path):
    build_report(**always(files) | {"out": tmp_path / "index.html"})
    text = Page(tmp_path / "index.html").text
    assert text.count("Not in this run") >= 6
    assert "71.0" in text


def test_a_damaged_metric_is_named(files, tmp_path: Path):
    (tmp_path / "clip.json").write_text("{")
    with pytest.raises(InputError, match=r"clip\.json: not valid JSON"):
        build_report(**always(files) | {"metrics": tmp_path})


def test_claims_stand_with_both_effects_and_their_verdict_in_words(built):
    text = re.sub(r"\s+", " ", Page(built.root / "index.html").text)
    assert "neither confirms nor refutes" in text
    note = "(with all claims together: undecided)"
    effect = "Published: +0.41 · here: −1.50 [−4.25, +1.10] n = 208"
    assert f"1. Cosine beats SigLIP ? undecided {note} {effect}" in text
    assert "1a with synthetic queries +10.07 +12.50 [+8.10, +16.90] ✓ holds" in text
    assert f"2. The ensemble wins ? undecided {note} Published: +0.68 · here: – not in this run: Table 4.6" in text
    effect = "Published: +2.70 · here: −9.10 [−12.00, −5.00] n = 208, seeds 3, 95 % interval"
    assert f"✗ does not hold {note} {effect}" in text
    assert "1 holds" not in text.split("1. Cosine")[0]  # of claims, no part is counted
    assert re.search(r"0holds 1does not hold 2undecided", text)


def test_without_claims_the_page_says_so(files, tmp_path: Path):
    (tmp_path / "tables").mkdir()
    changes = {name: tmp_path / name for name in ("tables", "claims", "out")}
    build_report(**always(files) | changes)
    assert "Not in this run: the tested claims" in Page(tmp_path / "out").text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,,a,x,1,1,1,holds,,0.95,1,1,", r"line 2: expected the columns of claims.csv, numbers among .*'x'"),
        ("1,,a,1,1,1,1,true,,0.95,1,1,", r"line 2: verdict is 'true', expected one of \['holds'"),
        ("1,,a,1,1,1,1,holds,true,0.95,1,1,", r"line 2: verdict_of_twelve is 'true', expected one of \['holds'"),
        ("1,a,a,1,1,1,1,holds,,0.95,1,1,", r"line 2: part 'a' before its claim"),
    ],
)
def test_a_damaged_claim_is_named(text: str, message: str):
    header = "claim,part,text,published_effect,effect,ci_low,ci_high,verdict,verdict_of_twelve,level,n,seeds,setting"
    with pytest.raises(InputError, match=rf"claims.csv: {message}"):
        claims_section.read_claims(f"{header}\n{text}\n", "claims.csv")
