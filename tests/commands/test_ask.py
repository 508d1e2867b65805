"""The commands ask, classify and add, on the tiny study of tests of questions."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
from search.meshes import box, coloured_box

from fieldlink.commands.add import add
from fieldlink.commands.ask import ask
from fieldlink.commands.classify import classify
from fieldlink.commands.question import arguments_of
from fieldlink.core.errors import InputError
from fieldlink.search.answer_text import table
from fieldlink.search.answers import AnswerRow
from fieldlink.search.finished_study import Study

WITHOUT_NETWORK = """
import socket, sys
def refuse(*arguments, **keywords):
    print("network:", arguments, file=sys.stderr)
    raise OSError("no network")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from fieldlink.commands.main import main
main()
"""


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


def test_names_of_files_move_no_cursor(study: Study):
    row = AnswerRow("one\x1b[2J", 0.5, None, None, None, {"source": "/home/\x1b]0;title\x07me/\u202eone\n.glb"})
    text = table(replace(study.search(text="a lamp", k=1), rows=[row]))
    assert all(letter.isprintable() or letter == "\n" for letter in text)
    assert r"one\x1b[2J" in text
    assert r"/home/\x1b]0;title\x07me/\u202eone\n.glb" in text


def test_the_page_escapes_what_was_asked(study: Study, tmp_path: Path):
    ask("<script>alert(1)</script> & co", k=2, html=tmp_path / "answer.html", study=study.folder)
    page = (tmp_path / "answer.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<img ") == 2


def test_the_page_says_what_a_mesh_is_drawn_without(study: Study, tmp_path: Path):
    coloured_box(tmp_path / "box.obj", "<b>gone.mtl")
    ask(str(tmp_path / "box.obj"), k=1, html=tmp_path / "answer.html", study=study.folder)
    page = (tmp_path / "answer.html").read_text(encoding="utf-8")
    note = study.query(mesh=tmp_path / "box.obj").note
    assert "gone.mtl" in note
    assert f"{tmp_path / 'box.obj'}: {escape(note)}." in page
    assert "<b>gone" not in page


def test_no_network_is_asked_for(study: Study):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    for command in (["ask", "a red chair"], ["classify", study.ids[0]]):
        ended = subprocess.run(
            [sys.executable, "-c", WITHOUT_NETWORK, *command, "--study", str(study.folder)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        assert "network" not in ended.stderr
        assert "collection " in ended.stdout


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
    assert f"study {study.folder.resolve()}" in output.out
    assert f"CLIP: {study.origin.clip}" in output.out
    assert f"collection {(tmp_path / 'mine').resolve()}, 1 NeRFs" in output.out
    assert "add: broken: " in output.err
    ask("a box", study=study.folder, collection=tmp_path / "mine")
    assert str(tmp_path / "meshes" / "box.off") in capsys.readouterr().out
