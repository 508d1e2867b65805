"""Captioned pictures of objects that are neither the study's nor its photos': what the small CLIP learns from."""

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from jaxtyping import UInt8

from fieldlink.core.digests import digest_of
from fieldlink.core.params import Params
from fieldlink.core.resume import Rows
from fieldlink.core.seeds import seed_of
from fieldlink.scenes import cameras, catalogue, pictures
from fieldlink.scenes.catalogue.captions import Domain, caption
from fieldlink.scenes.importers.listing import check_in_catalogue
from fieldlink.scenes.photos import photo_like
from fieldlink.scenes.ray_casting import render


@dataclass(frozen=True)
class PictureTask:
    """All that decides one picture: which object, whether plain (a view on black) or photo-like, and its seeds."""

    object_id: str
    number: int
    class_name: str
    noun: str
    domain: Domain
    seed: int  # the study's
    resolution: int
    prompts: tuple[tuple[str, str], ...]

    @property
    def picture_id(self) -> str:
        return f"{self.object_id}.{self.number}"

    def key(self, code: str) -> str:
        parts = [self.noun, self.domain, self.seed, self.resolution, self.prompts]
        return digest_of(code, self.picture_id, self.class_name, *parts)


def offered(params: Params) -> dict[str, PictureTask]:
    """The pictures by id; every other one of a class is plain, the others are photo-like."""
    check_in_catalogue(params.classes)
    how, prompts = params.clip.pictures, tuple(sorted(params.prompts.items()))
    tasks = [
        PictureTask(
            f"captioned_{name}_{index:04d}",
            number,
            name,
            each.noun,
            "photo" if (index * how.per_object + number) % 2 else "plain",
            params.study.seed,
            params.clip.network.resolution,
            prompts,
        )
        for name, each in params.classes.items()
        for index in range(how.objects_per_class)
        for number in range(how.per_object)
    ]
    return {task.picture_id: task for task in tasks}


def work(tasks: list[PictureTask]) -> Rows:
    """Rows of dataset `captioned_pictures`; an object is made once for all of its pictures among the tasks."""
    images, captions = [], []
    for object_id, group in groupby(tasks, key=lambda task: task.object_id):
        of_object = list(group)
        first = of_object[0]
        made = catalogue.make(first.class_name, first.noun, seed_of(first.seed, "captioned", object_id))
        for task in of_object:
            images.append(pictures.encode(_picture(task, made)))
            words = seed_of(task.seed, "caption", task.picture_id)
            captions.append(caption(task.noun, made.caption, task.domain, dict(task.prompts), words))
    columns = {
        "picture_id": [task.picture_id for task in tasks],
        "image": images,
        "caption": [each.text for each in captions],
        "subject": [each.subject for each in captions],
        "domain": [task.domain for task in tasks],
    }
    return Rows(columns)


def _picture(task: PictureTask, made: catalogue.CatalogueObject) -> UInt8[np.ndarray, "height width 3"]:
    seed = seed_of(task.seed, "camera", task.picture_id)
    if task.domain == "photo":
        return photo_like.photo(made.model, seed, task.resolution)
    ring = cameras.disn_poses(seed)
    pose = ring[[np.random.default_rng(seed).integers(len(ring))]]
    return pictures.on_black(render(made.model, pose, cameras.DISN_ANGLE, task.resolution).image[0])
