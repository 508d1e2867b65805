"""Hours of the costly stages: measured seconds times the counts that the parameters ask for."""

from dataclasses import dataclass

from fieldlink.core.params import Params, is_imported
from fieldlink.preflight.data_folders import has_depth
from fieldlink.preflight.findings import Finding
from fieldlink.preflight.rates import Rates
from fieldlink.scenes.scene_sources import scene_source
from fieldlink.scenes.source_types import MeshSource
from fieldlink.syn2real.translators import translator_entry

NOT_MEASURED = (  # stages that take little time; `*` stands for any characters
    "backbone.check_params",
    "backbone.prepare_photos",
    "backbone.prepare_captioned_pictures",
    "backbone.start_nerfs",
    "backbone.embed_nerfs",
    "backbone.embed_texts",
    "baselines.embed_depth_views",
    "generation.generate_views",
    "report.*",
    "models.*",
    "*.apply*",
    "*.evaluate",
)


@dataclass(frozen=True)
class Counts:
    """Numbers of objects and photos that a study will have."""

    originals: int
    train: int  # originals of split train
    validation: int
    copies: int  # of each original of split train
    photos: int

    @staticmethod
    def of(params: Params, originals: int, photos: int) -> "Counts":
        """Originals divided by the shares of `scenes.split`."""
        split = params.scenes.split
        share = originals / (split.train + split.validation + split.test)
        train, validation = round(share * split.train), round(share * split.validation)
        return Counts(originals, train, validation, params.scenes.copies, photos)

    @property
    def objects(self) -> int:
        """Originals and copies."""
        return self.originals + self.train * self.copies


def of_objects(params: Params, rates: Rates, pictures_per_second: float, counts: Counts) -> dict[str, float | None]:
    """Hours of the stages that work object by object, and of nf2vec's training. None: unknown.

    `pictures_per_second`: pictures that one worker embeds by CLIP; a GPU has one worker. 0: unknown.
    """
    workers, views, translated_views = params.runtime.workers, params.scenes.views, params.syn2real.views
    rendered = isinstance(scene_source(params.scenes.source), MeshSource)
    translated = (counts.train + counts.validation) * translated_views if has_depth(params) else 0
    translators = 1 if translator_entry(params.syn2real.translator).one_process else workers
    embedders = workers if params.runtime.device == "cpu" else 1
    pictures = (counts.objects + counts.originals) * views + translated + counts.photos
    fits, trains = not is_imported(params.imported.nerfs), not is_imported(params.imported.nf2vec)
    seconds = {
        "backbone.prepare_scenes": counts.objects * rates.views / workers if rendered else None,
        "backbone.fit_nerfs": counts.objects * rates.fit / workers if fits else 0.0,
        "backbone.render_nerfs": counts.originals * views * rates.render / workers,
        "backbone.train_nf2vec": params.nf2vec.training.steps * rates.nf2vec_step if trains else 0.0,
        "syn2real.translate_views": None if rates.translate is None else translated * rates.translate / translators,
        "backbone.embed_images": pictures / pictures_per_second / embedders if pictures_per_second else None,
    }
    return {name: None if value is None else value / 3600 for name, value in seconds.items()}


def rows(hours: dict[str, float | None]) -> list[Finding]:
    """A row of the table per stage, their sum, and the names of stages without a measurement."""
    total = sum(value for value in hours.values() if value is not None)
    stages = [Finding(name, "note", "not measured" if v is None else f"{v:,.3f} h") for name, v in hours.items()]
    others = f"not measured: {', '.join(NOT_MEASURED)}"
    return [*stages, Finding("sum of these", "note", f"{total:,.2f} h"), Finding("other stages", "note", others)]
