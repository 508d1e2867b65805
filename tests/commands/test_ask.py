"""The commands ask, classify and add, on the tiny study of tests of questions."""

import json
import os
import re
from pathlib import Path

import pytest
from search.meshes import box

from fieldlink.commands.add import add
from fieldlink.commands.ask import ask
from fieldlink.commands.classify import classify
from fieldlink.commands.question import arguments_of
from fieldlink.core.errors import InputError
from fieldlink.search.finished_study import Study


def test_a_question_is_told_by_what_lies_at_its_path(study: Study, tmp_path: Path):
    picture, folder = tmp_path / "photo", tmp_path / "nerf"
    picture.write_bytes(b"")
    folder.mkdir()
    mesh = box(tmp_path / "box.off")
    assert arguments_of("a red chair", study) == {"text": "a red chair"}
    assert arguments_of("e.g. a chair.jpg", study) == {"text": "e.g. a chair.jpg"}
    assert arguments_of("x" * 5000, study) == {"text": "x" * 5000}
    assert arguments_of(str(picture), study) == {"image": picture}
    assert arguments_of(str(mesh), study) == {"mesh": mesh}
    assert arguments_of(str(folder), study) == {"nerf": str(folder)}
    assert arguments_of(study.ids[0], study) == {"nerf": study.ids[0]}
    for name in ("nowhere.jpg", "nowhere.glb", "nowhere.fbx"):
        with pytest.raises(InputError, match=f"{name}: no such file"):
            arguments_of(name, study)


@pytest.mark.parametrize("name", ["q.glb", "q.png"])
def test_a_fifo_is_called_one(study: Study, tmp_path: Path, name: str):
    os.mkfifo(tmp_path / name)
    with pytest.raises(InputError, match=f"{name}: a FIFO, expected a file"):
        ask(str(tmp_path / name), study=study.folder)


def test_the_table_and_the_json_have_the_same_rows(study: Study, capsys: pytest.CaptureFixture[str]):
    ask("a lamp", k=4, study=study.folder)
    table = capsys.readouterr().out
    ask("a lamp", k=4, json=True, study=study.folder)
    output = capsys.readouterr()
    rows = json.loads(output.out)
    lines = table.splitlines()[1:5]
    assert [line.split()[1] for line in lines] == [row["id"] for row in rows]
    assert [line.split()[2] for line in lines] == [f"{row['score']:.4f}" for row in rows]
    for text in (table, output.err):
        assert f"parameters {study.origin.params}; CLIP: {study.origin.clip}" in text
        assert f"collection {study.origin.collection}" in text


def test_the_page_escapes_what_was_asked(study: Study, tmp_path: Path):
    ask("<script>alert(1)</script> & co", k=2, html=tmp_path / "answer.html", study=study.folder)
    page = (tmp_path / "answer.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<img ") == 2


def test_labels_are_printed_with_the_second_opinion(study: Study, capsys: pytest.CaptureFixture[str]):
    classify(study.ids[0], prompts=("a stool", "a bench"), study=study.folder)
    lines = capsys.readouterr().out.splitlines()
    assert "CLIP, four views" in lines[0]
    assert {line[:7].strip() for line in lines[1:3]} == {"a stool", "a bench"}
    with pytest.raises(InputError, match="neither a file, a folder nor an object's id"):
        classify("a chair", study=study.folder)


@pytest.mark.parametrize("seed", ["-1", "all", "1.5"])
def test_a_seed_is_a_number_or_mean(study: Study, seed: str):
    with pytest.raises(InputError, match=f"--seed {re.escape(seed)}: expected a number or mean"):
        ask("a lamp", seed=seed, study=study.folder)


def test_meshes_are_added(
    study: Study,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    box(tmp_path / "meshes" / "box.off")
    (tmp_path / "meshes" / "broken.off").write_text("OFF\n")
    add(tmp_path / "meshes", tmp_path / "mine", study=study.folder)
    output = capsys.readouterr()
    assert "1 added, 0 there already, 1 set aside, 1 NeRFs in all" in output.out
    assert "add: broken: " in output.err
    ask("a box", study=study.folder, collection=tmp_path / "mine")
    assert str(tmp_path / "meshes" / "box.off") in capsys.readouterr().out
