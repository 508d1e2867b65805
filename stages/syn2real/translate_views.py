"""Translate views of training and validation objects into photo-like pictures."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, digests, resume, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params, load, read_yaml

if TYPE_CHECKING:
    from fieldlink.syn2real.translation_work import Diffusion

CHUNK = 8  # objects whose pictures are kept together


def translate_views(
    objects: arguments.Objects,
    views: arguments.Views,
    out: arguments.OutDataset,
    rejected: arguments.OutRejected,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write `translated_views`: of each original training or validation object its views of largest silhouettes.

    What has no depth is set aside, with reasons, as `rejected`; of a source without depth that is everything.
    """
    import pyarrow.compute as pc

    from fieldlink.syn2real import translation_work

    settings = load(params)
    rows = datasets.read(objects, schemas.OBJECTS, ["object_id", "class_name", "split", "augmentation"])
    taken = rows.filter((pc.field("augmentation") == 0) & (pc.field("split") != "test"))
    class_of = dict(zip(taken["object_id"].to_pylist(), taken["class_name"].to_pylist(), strict=True))
    looks = datasets.digests_by_key(datasets.shards(views, schemas.VIEWS), "object_id")
    if unseen := sorted(class_of.keys() - looks.keys()):
        raise InputError(f"{views}: no views of {len(unseen)} objects of {objects} ({', '.join(unseen[:3])}, …)")
    most, seed, diffusion = settings.syn2real.views, settings.study.seed, _diffusion(settings, class_of)
    asked = [diffusion.how.model_dump(), diffusion.prompts.model_dump()] if diffusion else []
    shared = digests.digest_of(digests.code_digest(__file__), most, seed, asked)
    finished = resume.finish(
        "translate_views",
        schemas.TRANSLATED_VIEWS,
        {name: digests.digest_of(shared, name, class_name, looks[name]) for name, class_name in class_of.items()},
        lambda some: translation_work.TranslationTask(
            datasets.rows_with_ids(views, schemas.VIEWS, some), most, seed, diffusion
        ),
        translation_work.translate_objects,
        chunk=CHUNK,
        workers=1 if diffusion else settings.runtime.workers,  # one Stable Diffusion in memory
        cluster=None if diffusion else settings.runtime.cluster,
    )
    resume.check_rejected_share("translate_views", finished, most=1.0)
    datasets.write(out, schemas.TRANSLATED_VIEWS, finished.tables(), "translate_views", may_be_empty=True)
    datasets.write(rejected, schemas.REJECTED, [finished.rejected_table("translate_views")], "translate_views")


def _diffusion(settings: Params, class_of: Mapping[str, str]) -> "Diffusion | None":
    """What the translator controlnet needs, loaded and checked before any work; None for the other."""
    if settings.syn2real.translator == "procedural":
        return None
    from fieldlink.syn2real import controlnet, translation_work
    from fieldlink.syn2real.class_prompts import DiffusionPrompts

    how = settings.syn2real.controlnet
    prompts = read_yaml(how.prompts, DiffusionPrompts)
    prompts.check(class_of.values(), str(how.prompts))
    return translation_work.Diffusion(controlnet.pipeline(how, settings.runtime.device), how, prompts, class_of)


if __name__ == "__main__":
    run_stage(translate_views, preload=["fieldlink.syn2real.translation_work"])
