"""The lines of Python in the README run as they stand."""

import re
from pathlib import Path

import pytest
from search.meshes import box

ROOT = Path(__file__).parent.parent.parent


def test_the_lines_of_the_readme_run(
    study_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    for name in ("params.yaml", "data"):
        (tmp_path / name).symlink_to(study_folder / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    (tmp_path / "my_meshes").mkdir()
    box(tmp_path / "my_meshes" / "box.off")
    exec(code.replace("x.glb", "my_meshes/box.off"), {})
    output = capsys.readouterr().out
    assert "class_name" in output
    assert "Label(label='a " in output
    assert (tmp_path / "datasets" / "mine" / "collection.json").is_file()
