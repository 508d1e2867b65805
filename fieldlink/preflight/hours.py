"""Hours of the costly stages: what was measured, times what the parameters ask for; and which stages weren't."""

from dataclasses import dataclass

from fieldlink.core.params import Params
from fieldlink.preflight.data_folders import has_depth, made_here
from fieldlink.preflight.findings import Finding
from fieldlink.preflight.rates import Rates
from fieldlink.scenes.scene_sources import scene_source
from fieldlink.scenes.sources import MeshSource

REST = (  # stages that aren't measured
    "prepare_photos",
    "prepare_captioned_pictures",
    "start_nerfs",
    "embed_nerfs",
    "embed_texts",
    "embed_weights",
    "embed_depth_views",
    "generate_views",
    "measure_speed",
    "evaluate_*",
    "build_report",
)


@dataclass(frozen=True)
class Counts:
    """How many there will be."""

    originals: int
    learnt: int  # originals of split train
    checked: int  # of split validation
    copies: int  # of each original of split train
    photos: int

    @staticmethod
    def of(params: Params, originals: int, photos: int) -> "Counts":
        """By the shares of `scenes.split`."""
        split = params.scenes.split
        share = originals / (split.train + split.validation + split.test)
        learnt, checked = round(share * split.train), round(share * split.validation)
        return Counts(originals, learnt, checked, params.scenes.copies, photos)

    @property
    def objects(self) -> int:
        """Copies too."""
        return self.originals + self.learnt * self.copies


def of_objects(params: Params, rates: Rates, images: float, counts: Counts) -> dict[str, float | None]:
    """Hours of stages that take object by object, and of nf2vec; None: can't be told.

    `images`: pictures that a worker embeds by CLIP in a second; a GPU has one.
    """
    workers, views, own = params.runtime.workers, params.scenes.views, params.syn2real.views
    rendered = isinstance(scene_source(params.scenes.source), MeshSource)
    translated = (counts.learnt + counts.checked) * own if has_depth(params) else 0
    translators = workers if params.syn2real.translator == "procedural" else 1
    embedders = workers if params.runtime.device == "cpu" else 1
    pictures = (counts.objects + counts.originals) * views + translated + counts.photos
    seconds = {
        "prepare_scenes": counts.objects * rates.views / workers if rendered else None,
        "fit_nerfs": counts.objects * rates.fit / workers if made_here(params.imported.nerfs) else 0.0,
        "render_nerfs": counts.originals * views * rates.render / workers,
        "train_nf2vec": params.nf2vec.training.steps * rates.nf2vec_step if made_here(params.imported.nf2vec) else 0.0,
        "translate_views": None if rates.translate is None else translated * rates.translate / translators,
        "embed_images": pictures / images / embedders if images else None,
    }
    return {name: None if value is None else value / 3600 for name, value in seconds.items()}


def rows(hours: dict[str, float | None]) -> list[Finding]:
    """A row of the table for each stage, and their sum."""
    told = [value for value in hours.values() if value is not None]
    found = [Finding(name, "note", "not measured" if v is None else f"{v:,.2f} h") for name, v in hours.items()]
    rest = f"not measured: {', '.join(REST)}"
    return [*found, Finding("all of these", "note", f"{sum(told):,.2f} h"), Finding("other stages", "note", rest)]
