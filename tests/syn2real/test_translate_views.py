"""Stage translate_views on a few small objects: who is translated, from which views, and the same however it's cut."""

from pathlib import Path

import numpy as np
import pytest

from fieldlink.core import datasets, schemas
from fieldlink.core.errors import InputError
from fieldlink.scenes import pictures, views
from fieldlink.scenes.views import Views
from fieldlink.syn2real.depth_control import closeness
from stages.syn2real import translate_views

CLASSES = {"car": ("a", "b"), "lamp": ("c", "d", "e")}
SPLITS = {"a": "train", "b": "validation", "c": "train", "d": "test", "e": "train"}
COPY = "e"  # an augmented copy of c


def write(folder: Path, ids: str = "abcde", without: str = "", blank: str = "") -> None:
    """Objects with four views of 16 pixels each, a disc of another size and distance in each.

    `without`: those that have no depth; `blank`: those whose depth is 0.
    """
    names = {name: class_name for class_name, owned in CLASSES.items() for name in owned}
    columns = {
        "object_id": list(ids),
        "class_name": [names[name] for name in ids],
        "synset": ["00000000"] * len(ids),
        "split": [SPLITS[name] for name in ids],
        "source": ["test"] * len(ids),
        "base_object_id": ["c" if name == COPY else name for name in ids],
        "augmentation": [int(name == COPY) for name in ids],
        "caption": [None] * len(ids),
    }
    datasets.write(folder / "objects", schemas.OBJECTS, [datasets.table(schemas.OBJECTS, columns)], "test")
    parts = [views.columns(name, discs(ord(name), name not in without, 1.0 - (name in blank))) for name in ids]
    shards = [datasets.table(schemas.VIEWS, part) for part in parts]
    datasets.write(folder / "views", schemas.VIEWS, shards, "test")


def discs(seed: int, depth: bool, scale: float = 1.0) -> Views:
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[:16, :16] - 7.5
    seen = np.hypot(rows, columns) < random.uniform(2, 8, 4)[:, None, None]
    image = random.integers(0, 256, (4, 16, 16, 4), np.uint8)
    image[..., 3] = 255 * seen
    far = (scale * seen * random.uniform(0.9, 1.3, 4)[:, None, None]).astype(np.float32)
    pose = np.tile(np.eye(3, 4, dtype=np.float32), (4, 1, 1))
    pose[:, 2, 3] = 1.1
    return Views(image, pose, 0.8, far if depth else None)


@pytest.fixture
def translated(tmp_path, params_with):
    """Translates the objects below `tmp_path`."""

    def run(out: str, changes: dict | None = None) -> list[dict]:
        classes = {name: {"synset": f"{number:08}", "noun": name} for number, name in enumerate(CLASSES)}
        changes = {"classes": classes, "runtime.workers": 1, "syn2real.views": 2, **(changes or {})}
        paths = (tmp_path / name for name in ("objects", "views", out, "rejected"))
        translate_views.translate_views(*paths, params_with(changes))
        return datasets.read(tmp_path / out, schemas.TRANSLATED_VIEWS).to_pylist()

    return run


def test_views_of_the_largest_silhouettes_of_original_training_and_validation_objects_are_translated(
    tmp_path, translated
):
    write(tmp_path)
    rows = translated("out")
    expected = [
        (name, view)
        for name in "abc"
        for view in sorted(np.argsort(-closeness(discs(ord(name), True).depth).sum((1, 2), dtype=int))[:2].tolist())
    ]
    assert [(row["object_id"], row["view"]) for row in rows] == expected
    assert {row["translator"] for row in rows} == {"procedural"}
    assert {row["prompt"] for row in rows} == {None}
    assert all(pictures.decode(row["image"], "RGB").shape == (16, 16, 3) for row in rows)
    assert len({row["image"] for row in rows}) == len(rows)


def test_a_picture_is_the_same_however_the_work_is_cut_and_whatever_else_is_there(tmp_path, translated, monkeypatch):
    write(tmp_path)
    whole = translated("whole")
    monkeypatch.setattr(translate_views, "CHUNK", 1)
    for name, ids, changes in (("single", "abcde", {"runtime.workers": 2}), ("fewer", "bd", {})):
        monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch" / name))
        write(tmp_path, ids)
        assert translated(name, changes) == [row for row in whole if row["object_id"] in ids]
    assert translated("seed", {"study.seed": 1}) != translated("fewer")


def test_controlnet_gives_pictures_of_its_size_from_prompts_of_the_class(tmp_path, translated, diffusion):
    write(tmp_path)
    changes = {f"syn2real.controlnet.{name}": value for name, value in diffusion.model_dump().items()}
    changes["syn2real.translator"] = "controlnet"
    rows = translated("out", changes)
    assert [row["object_id"] for row in rows] == list("aabbcc")
    assert {row["translator"] for row in rows} == {"controlnet"}
    assert all(("car" if row["object_id"] in "ab" else "lamp") in row["prompt"] for row in rows)
    assert all(pictures.decode(row["image"], "RGB").shape == (64, 64, 3) for row in rows)
    assert len({row["image"] for row in rows}) == len(rows)
    write(tmp_path, "bc")
    for path in (tmp_path / "scratch").rglob("*.parquet"):
        path.unlink()
    assert translated("fewer", changes) == [row for row in rows if row["object_id"] in "bc"]


def test_objects_without_depth_are_set_aside_with_reasons_and_the_others_are_as_ever(tmp_path, translated, capsys):
    write(tmp_path)
    whole = translated("whole")
    write(tmp_path, without="a", blank="c")
    assert translated("out") == [row for row in whole if row["object_id"] == "b"]
    assert "translate_views: 2 of 3 set aside" in capsys.readouterr().err
    reasons = {row["id"]: row["reason"] for row in datasets.read(tmp_path / "rejected", schemas.REJECTED).to_pylist()}
    assert reasons == {
        "a": "views without depth of their size, which translators need",
        "c": "a view that shows nothing, its depth is 0 everywhere",
    }


def test_a_source_without_depth_gives_no_translations_and_no_error(tmp_path, translated):
    write(tmp_path, without="abcde")
    assert translated("out") == []
    assert len(datasets.read(tmp_path / "rejected", schemas.REJECTED)) == 3


def test_what_translators_cannot_do_without_is_named(tmp_path, translated):
    write(tmp_path)
    with pytest.raises(InputError, match=r"syn2real\.controlnet\.controlnet: nowhere cannot be loaded"):
        translated("out", {"syn2real.translator": "controlnet", "syn2real.controlnet.controlnet": "nowhere"})
    (tmp_path / "mine.yaml").write_text("quality: q\nnegative: n\nclasses: {}\n")
    mine = {"syn2real.translator": "controlnet", "syn2real.controlnet.prompts": tmp_path / "mine.yaml"}
    with pytest.raises(InputError, match=r"mine\.yaml: no class \['car', 'lamp'\]"):
        translated("out", mine)
    rows = datasets.read(tmp_path / "views", schemas.VIEWS)
    datasets.write(tmp_path / "views", schemas.VIEWS, [rows.slice(4)], "test")
    with pytest.raises(InputError, match=r"no views of 1 of \d+ objects \(a, "):
        translated("out")
