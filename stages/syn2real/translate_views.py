"""Translate views of training and validation objects into photo-like pictures."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, digests, resume, schemas
from fieldlink.core.params import load

CHUNK = 8  # objects of a task and of a shard


def translate_views(
    objects: arguments.Objects,
    views: arguments.Views,
    out: arguments.OutDataset,
    rejected: arguments.OutRejected,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write `translated_views`: of each original training or validation object its views of largest silhouettes.

    Objects without depth are set aside, with reasons, as `rejected`; of a source without depth these are all objects.
    """
    from fieldlink.scenes.views import digests_of_views
    from fieldlink.syn2real.translation_work import (
        TranslationTask,
        classes_to_translate,
        translate_objects,
    )
    from fieldlink.syn2real.translators import translator_entry

    params = load(params_file)
    class_of = classes_to_translate(objects)
    digest_of_views = digests_of_views(views, class_of.keys())
    most, seed, entry = params.syn2real.views, params.study.seed, translator_entry(params.syn2real.translator)
    translator = entry.load(params, set(class_of.values()), params.runtime.device)
    shared = digests.digest_of(digests.code_digest(__file__), most, seed, translator.name, dict(translator.settings()))
    finished = resume.finish(
        "translate_views",
        schemas.TRANSLATED_VIEWS,
        {name: digests.digest_of(shared, name, class_of[name], digest_of_views[name]) for name in class_of},
        lambda ids: TranslationTask(
            rows=datasets.rows_with_ids(views, schemas.VIEWS, ids),
            class_of={name: class_of[name] for name in ids},
            most=most,
            study_seed=seed,
            translator=translator,
        ),
        translate_objects,
        chunk=CHUNK,
        workers=1 if entry.one_process else params.runtime.workers,
        cluster=None if entry.one_process else params.runtime.cluster,
    )
    resume.check_rejected_share("translate_views", finished, most=1.0)
    datasets.write(out, schemas.TRANSLATED_VIEWS, finished.tables(), "translate_views", may_be_empty=True)
    datasets.write(rejected, schemas.REJECTED, [finished.rejected_table("translate_views")], "translate_views")


if __name__ == "__main__":
    run_stage(translate_views, preload=["fieldlink.syn2real.translation_work", "fieldlink.syn2real.procedural"])
