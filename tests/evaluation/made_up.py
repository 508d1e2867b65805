"""A study of made-up vectors: every class has a direction of its own, so that mappers have something to find."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from fieldlink.core import datasets
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, PHOTOS, PROMPT_EMBEDDINGS, Schema
from fieldlink.evaluation.results.result_files import ResultFiles
from fieldlink.evaluation.results.retrieval_inputs import RetrievalFiles
from stages.backbone.apply_mappers import apply_mappers
from stages.embedding_spaces.apply import apply_heads
from stages.embedding_spaces.evaluate import evaluate_spaces
from stages.embedding_spaces.train import train_heads
from stages.retrieval.evaluate import evaluate_retrieval
from stages.retrieval.train import train_retrieval_mappers
from stages.zero_shot.apply import apply_zero_shot_mappers
from stages.zero_shot.evaluate import evaluate_zero_shot
from stages.zero_shot.train import train_zero_shot_mappers

ROOT = Path(__file__).parent.parent.parent
PUBLISHED = ROOT / "reports" / "published" / "tables.csv"
CLASSES = ("chair", "lamp", "table")
VIEWS, WITHOUT_NERF, COPY, SHARED_ID = 36, "lamp-test-1", "chair-train-0-a1", "chair-test-0"
TINY: dict[str, Any] = {"hidden": [8, 9, 10], "epochs": 2, "validate_every": 1, "seeds": [0, 1], "batch": 4}


class Study:
    """Datasets of 3 classes × (4 training, 2 validation, 4 test) objects and 4 photos, below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.params = folder, folder / "params.yaml"
        self._write_params()
        rng = np.random.default_rng(0)
        self.nerf, self.clip = rng.normal(size=(3, 7)), rng.normal(size=(3, 6))
        self._write_objects(rng)
        self._write_photos(rng)

    def __getitem__(self, name: str) -> Path:
        return self.folder / name

    @property
    def retrieval_files(self) -> RetrievalFiles:
        return RetrievalFiles(self["objects"], self["nerfs"], self["gt"], self["photos"], self["photo_embeddings"])

    def results(self, name: str) -> ResultFiles:
        ends = (".csv", "_validation.csv", "_by_seed.csv", ".json", "_answers")
        return ResultFiles(*(self[f"{name}{end}"] for end in ends), published=PUBLISHED)

    def change(self, section: str, **values: Any) -> None:
        """New values in params.yaml."""
        yaml = YAML()
        params = yaml.load(self.params.read_text(encoding="utf-8"))
        params[section].update(values)
        yaml.dump(params, self.params)

    def run(self) -> None:
        same = {"objects": self["objects"], "gt_embeddings": self["gt"], "nerf_embeddings": self["nerfs"]}
        rendered, photos, params = self["rendered"], self["photo_embeddings"], self.params
        mappers, mapped = self["zero_shot_out"], self["zero_shot_mapped"]
        train_zero_shot_mappers(
            **same, rendered_embeddings=rendered, out=mappers, curves=self["zero_shot_curves"], params_file=params
        )
        apply_zero_shot_mappers(**same, rendered_embeddings=rendered, mappers=mappers, out=mapped)
        evaluate_zero_shot(
            objects=self["objects"],
            mapped=mapped,
            prompts=self["prompts"],
            rendered_embeddings=rendered,
            results=self.results("zero_shot"),
            params_file=params,
        )
        mappers, mapped = self["retrieval_out"], self["retrieval_mapped"]
        train_retrieval_mappers(**same, out=mappers, curves=self["retrieval_curves"], params_file=params)
        apply_mappers(
            **same, photo_embeddings=photos, mappers=mappers, queries=("gt", "photo"), out=mapped, params_file=params
        )
        evaluate_retrieval(
            files=self.retrieval_files,
            rendered_embeddings=rendered,
            mapped=mapped,
            results=self.results("retrieval"),
            neighbours=self["neighbours"],
            params_file=params,
        )

        self._run_spaces()

    def _run_spaces(self) -> None:
        same = {"objects": self["objects"], "nerf_embeddings": self["nerfs"]}
        mapped, mappers, logits = self["retrieval_mapped"], self["retrieval_out"], self["logits"]
        heads, params = self["heads"], self.params
        train_heads(**same, mappers=mappers, out=heads, curves=self["heads_curves"], params_file=params)
        apply_heads(**same, mappers=mappers, heads=heads, out=logits, params_file=params)
        evaluate_spaces(
            files=self.retrieval_files,
            mappers=mappers,
            mapped=mapped,
            logits=logits,
            results=self.results("embedding_spaces"),
            projections=self["projections"],
            params_file=self.params,
        )

    def _write_params(self) -> None:
        yaml = YAML()
        values = yaml.load((ROOT / "params.yaml").read_text(encoding="utf-8"))
        values["mapper"].update(TINY)
        values["embedding_spaces"]["heads"].update({"hidden": [8], "epochs": 20, "batch": 6})
        values["runtime"]["workers"] = 1
        for study in ("zero_shot", "retrieval"):
            values[study]["losses"] = ["softmax", "siglip", "cosine"]  # one that isn't published, in another order
        for name in set(values["classes"]) - set(CLASSES):
            del values["classes"][name]
        yaml.dump(values, self.params)

    def _write_objects(self, rng: np.random.Generator) -> None:
        names = [
            (f"{name}-{split}-{i}", name, split, 0)
            for name in CLASSES
            for split, count in (("train", 4), ("validation", 2), ("test", 4))
            for i in range(count)
        ]
        names = [*names, (COPY, "chair", "train", 1)]
        ids, classes, splits, copies = map(list, zip(*names, strict=True))
        columns = {"object_id": ids, "class_name": classes, "synset": ["00000000"] * len(ids), "split": splits}
        base = [name.removesuffix("-a1") for name in ids]
        rest = {
            "source": ["test"] * len(ids),
            "base_object_id": base,
            "augmentation": copies,
            "caption": [None] * len(ids),
        }
        self._write("objects", OBJECTS, {**columns, **rest})
        label = np.array([CLASSES.index(name) for name in classes])
        with_nerf = [i for i, name in enumerate(ids) if name != WITHOUT_NERF]
        nerf = self.nerf[label[with_nerf]] + 0.3 * rng.normal(size=(len(with_nerf), 7))
        self._write("nerfs", NERF_EMBEDDINGS, {"object_id": [ids[i] for i in with_nerf], "embedding": nerf})
        for domain in ("gt", "rendered"):
            clip = np.repeat(self.clip[label], VIEWS, axis=0)
            self._write_images(domain, domain, np.repeat(ids, VIEWS).tolist(), clip, rng)
        prompts = [(template, name) for template in ("prompt_3d_model", "prompt_photo") for name in CLASSES]
        columns = dict(zip(("template", "class_name"), map(list, zip(*prompts, strict=True)), strict=True))
        texts = {
            "prompt": [name for _, name in prompts],
            "embedding": np.concatenate([self.clip, self.clip + 0.1 * self.clip[::-1]]),
        }
        self._write("prompts", PROMPT_EMBEDDINGS, {**columns, **texts})

    def _write_photos(self, rng: np.random.Generator) -> None:
        ids, label = [SHARED_ID, "photo-1", "photo-2", "photo-3", "photo-v1", "photo-v2"], [0, 1, 2, 2, 0, 2]
        columns = {"photo_id": ids, "class_name": [CLASSES[i] for i in label], "source": ["test"] * 6}
        columns |= {"split": [*["test"] * 4, *["validation"] * 2], "image": [b"-"] * 6}
        self._write("photos", PHOTOS, columns)
        self._write_images("photo_embeddings", "photo", ids, self.clip[label], rng)

    def _write_images(
        self, name: str, domain: str, owners: list[str], clip: np.ndarray, rng: np.random.Generator
    ) -> None:
        views = [i % VIEWS if domain != "photo" else 0 for i in range(len(owners))]
        noisy = clip + 0.3 * rng.normal(size=clip.shape)
        columns = {"owner_id": owners, "view": views, "domain": [domain] * len(owners), "embedding": noisy}
        self._write(name, IMAGE_EMBEDDINGS, columns)

    def _write(self, name: str, schema: Schema, columns: dict[str, Any]) -> None:
        datasets.write(self[name], schema, [datasets.table(schema, columns)], "test")


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The made-up study after all its stages."""
    study = Study(tmp_path_factory.mktemp("study"))
    study.run()
    return study
