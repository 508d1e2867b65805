"""Translate the views of a few objects: the work of one worker process, as rows of dataset `translated_views`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import UInt8

from fieldlink.core.errors import InputError
from fieldlink.core.params import ControlNetParams
from fieldlink.core.resume import Rows
from fieldlink.core.seeds import seed_of
from fieldlink.scenes import pictures
from fieldlink.scenes.views import Views, by_object, of_rows, view_subset
from fieldlink.syn2real import depth_control, procedural
from fieldlink.syn2real.class_prompts import DiffusionPrompts
from fieldlink.syn2real.surfaces import Surface

Translated = tuple[UInt8[np.ndarray, "height width 3"], str | None]  # picture and prompt


@dataclass(frozen=True)
class Diffusion:
    """What the translator controlnet needs besides the views."""

    pipe: Any  # a loaded pipeline, which stays in its process
    how: ControlNetParams
    prompts: DiffusionPrompts
    class_of: Mapping[str, str]  # of objects


@dataclass(frozen=True)
class TranslationTask:
    """Rows of `views`, and all that decides their translations. `diffusion`: None for the translator procedural."""

    rows: pa.Table
    most: int  # views of an object, those of the largest silhouettes
    study_seed: int
    diffusion: Diffusion | None


def translate_objects(task: TranslationTask) -> Rows:
    """Every picture depends on the study's seed, the object's id and its views alone.

    An object whose views translators can't use is set aside with its reason.
    """
    found, rejected = [], {}
    for object_id, rows in by_object(task.rows).items():
        try:
            views, numbers = _largest(rows, task.most)
        except InputError as error:
            rejected[object_id] = str(error)
            continue
        seeds = [seed_of(task.study_seed, "translate", object_id, number) for number in numbers]
        if task.diffusion:
            made = _diffused(task.diffusion, task.diffusion.class_of[object_id], views, seeds)
        else:
            made = _processed(views, seeds)
        name = "controlnet" if task.diffusion else "procedural"
        found += [
            (object_id, number, pictures.encode(picture), name, prompt)
            for number, (picture, prompt) in zip(numbers, made, strict=True)
        ]
    names = ("object_id", "view", "image", "translator", "prompt")
    return Rows({name: [row[place] for row in found] for place, name in enumerate(names)}, rejected)


def _largest(rows: pa.Table, most: int) -> tuple[Views, list[int]]:
    """The views of the largest silhouettes, and their numbers."""
    views = of_rows(rows)
    if views.depth is None or views.depth.shape != views.image.shape[:3]:
        raise InputError("views without depth of their size, which translators need")
    chosen = depth_control.largest_silhouettes(views.depth, most)
    if not views.depth[chosen].any(axis=(1, 2)).all():
        raise InputError("a view that shows nothing, its depth is 0 everywhere")
    return view_subset(views, chosen.tolist()), rows["view"].to_numpy()[chosen].tolist()


def _processed(views: Views, seeds: list[int]) -> Iterator[Translated]:
    assert views.depth is not None
    for image, depth, pose, seed in zip(views.image, views.depth, views.camera_to_world, seeds, strict=True):
        surface = Surface.of(depth, pose, views.camera_angle_x)
        yield procedural.translate(image, surface, pose, views.camera_angle_x, seed), None


def _diffused(by: Diffusion, class_name: str, views: Views, seeds: list[int]) -> Iterator[Translated]:
    from fieldlink.syn2real import controlnet

    assert views.depth is not None
    for depth, seed in zip(views.depth, seeds, strict=True):
        prompt = by.prompts.of(class_name, seed_of(seed, "prompt"))
        steering = depth_control.control_image(depth, by.how.size)
        yield controlnet.translate(by.pipe, steering, prompt, by.prompts.negative, by.how, seed), prompt
