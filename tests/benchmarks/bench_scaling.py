"""Every stage's seconds and memory at 1, 2, 4 and 8 times as many objects.

Each stage runs as its verb does, with one worker, in a process of its own that has all imports behind it, so that no
start-up hides how the work grows. Training steps of nf2vec are a number that parameters give, whatever the objects;
exact search asks all queries about all items, so its work grows with the square: both are shown for what they are.
"""

import importlib
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from benchmarks.measuring import child, keep
from stages import datasets, embed_images, embed_nerfs, fit_nerfs, prepare_scenes, render_nerfs, scratch, train_nf2vec
from stages.clip import folders, small
from stages.evaluation.retrieval import Gallery, neighbours
from stages.nerf import field
from stages.nf2vec.model import Model
from stages.params import Params, load
from stages.report.benchmarks import Curves

pytestmark = pytest.mark.bench

CLASS = "chair"
BASE, TIMES = 8, (1, 2, 4, 8)  # objects
CHUNK = 4  # objects of a shard, so that memory is that of several at every size
STREAMS = ("fit_nerfs", "render_nerfs", "embed_images", "embed_nerfs")
CHANGES = {
    "runtime.workers": 1,
    "scenes.copies": 0,
    "nerf.start.kind": "random",
    "nerf.fitting.gate": -100.0,
    "nf2vec.training.steps": 50,
    "nf2vec.training.validate_every": 50,
}


def written_params(folder: Path, root: Path, objects: int, views: int) -> Path:
    yaml, path = YAML(), folder / "params.yaml"
    values = yaml.load(root / "params.yaml")
    values["classes"] = {CLASS: values["classes"][CLASS]}
    for key, value in (CHANGES | {"scenes.objects_per_class": objects, "scenes.views": views}).items():
        *sections, last = key.split(".")
        section = values
        for name in sections:
            section = section[name]
        section[last] = value
    yaml.dump(values, path)
    return path


def verbs(at: Path, file: Path, params: Params) -> dict[str, Callable[[], object]]:
    """Stages in their order, each reading what those before it wrote below `at`."""
    clip = params.clip.network
    folders.save(at / "clip", small.build(clip, 0), small.description(clip), small.PREPROCESSING)
    model = Model(params.nf2vec, params.nerf.field, 0)
    datasets.write_model(at / "nf2vec", model.tensors, model.config)
    datasets.write_model(at / "start", {"weights": field.xavier(params.nerf.field, 0).numpy()}, {})
    given = at / "objects", at / "views"
    return {
        "prepare_scenes": lambda: prepare_scenes.prepare_scenes(*given, at / "rejected", file),
        "fit_nerfs": lambda: fit_nerfs.fit_nerfs(*given, at / "start", at / "nerfs", at / "unfitted", file),
        "render_nerfs": lambda: render_nerfs.render_nerfs(*given, at / "nerfs", at / "rendered", file),
        "embed_images": lambda: embed_images.embed_images(at / "views", at / "clip", at / "seen", file),
        "embed_nerfs": lambda: embed_nerfs.embed_nerfs(at / "nerfs", at / "nf2vec", at / "vectors", file),
        "train_nf2vec": lambda: train_nf2vec.train_nf2vec(
            at / "objects", at / "nerfs", at / "new", at / "curves", file
        ),
    }


def search(count: int) -> np.ndarray:
    """As many queries as items."""
    vectors = np.random.default_rng(0).standard_normal((count, 256), np.float32)
    return neighbours(vectors, np.arange(count), Gallery.of_objects(vectors), 10).item


def exponent(sizes: list[int], values: list[float]) -> float:
    """The slope of log values over log sizes."""
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def test_scaling(out: Path, monkeypatch: pytest.MonkeyPatch, quick: bool):
    for room in ("clip.jobs", "nerf.jobs", "nf2vec.jobs", "nf2vec.training", "scenes.sources"):
        importlib.import_module(f"stages.{room}")
    monkeypatch.setattr(fit_nerfs, "CHUNK", CHUNK)
    monkeypatch.setattr(render_nerfs, "CHUNK", CHUNK)
    monkeypatch.setattr(embed_images, "OBJECTS", CHUNK)
    monkeypatch.setattr(scratch, "code_digest", lambda: "this code")  # parsed in half a second each time
    root, sizes, found = Path(__file__).resolve().parent.parent.parent, [], {}
    for times in TIMES[:2] if quick else TIMES:
        at = out / str(times)
        at.mkdir()
        monkeypatch.setenv("FIELDLINK_SCRATCH", str(at / "scratch"))
        sizes.append(BASE * times)
        file = written_params(at, root, BASE * times, views=6 if quick else 18)
        for name, verb in verbs(at, file, load(file)).items():
            found.setdefault(name, []).append(child(verb))
        found.setdefault("exact search", []).append(child(lambda times=times: search(4000 * times)))
    seconds = {name: [each for each, _ in rounds] for name, rounds in found.items()}
    memory = {name: [peak / 2**20 for _, peak in found[name]] for name in STREAMS}
    last = {name: exponent(sizes[-2:], values[-2:]) for name, values in seconds.items()}
    report(sizes, seconds, memory, last)


def report(
    sizes: list[int], seconds: dict[str, list[float]], memory: dict[str, list[float]], last: dict[str, float]
) -> None:
    growth = {f"{name}, memory, most to least": max(values) / min(values) for name, values in memory.items()}
    lines = {name: (sizes, values) for name, values in seconds.items()}
    peaks = {name: (sizes, values) for name, values in memory.items()}
    keep(
        "scaling",
        "exponent <= 1.05, memory flat for fit, render and embed",
        __doc__,
        seconds={},
        sizes={"objects": sizes, "exact search, vectors": [4000 * times for times in TIMES[: len(sizes)]]},
        also={f"{name}, exponent": exponent(sizes, values) for name, values in seconds.items()}
        | {f"{name}, exponent of the last doubling": value for name, value in last.items()}
        | growth,
        curves=[
            Curves("Seconds of a stage by objects", "objects", "seconds, one worker", lines),
            Curves("Peak memory of a stage by objects", "objects", "MB beyond the start", peaks),
        ],
        remarks=[
            f"Beyond 1.05: {', '.join(slow) or 'none'}. Exact search is all queries by all items."
            for slow in [[name for name, values in seconds.items() if exponent(sizes, values) > 1.05]]
        ],
    )


def test_the_exponent_of_a_square_is_two():
    pairs = list(itertools.accumulate([1, 2, 4]))
    assert exponent(pairs, [value**2 for value in pairs]) == pytest.approx(2)
