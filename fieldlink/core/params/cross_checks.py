"""Values of params.yaml that contradict each other, though each by itself is allowed."""

from collections.abc import Callable, Iterator
from math import prod
from operator import attrgetter
from pathlib import Path

from fieldlink.core.params.all_params import Params

CATALOGUE = Path("fieldlink/scenes/catalogue")  # its code, the folder of source catalogue
SPLITS = 3
MOST_ROWS = 10**9  # of the largest array of a step
ARRAYS = (  # keys whose product is the number of its rows
    ("nerf.fitting.rays", "nerf.fitting.samples"),
    ("nf2vec.training.batch", "nf2vec.training.points"),
    ("nf2vec.training.batch", "nf2vec.training.candidates"),
    ("nf2vec.training.batch", "nf2vec.training.most_points"),
    ("nf2vec.training.batch", "nf2vec.training.rays", "nf2vec.training.samples"),
)


def contradictions(params: Params) -> list[str]:
    """What is wrong, a sentence each, which begins with the key."""
    return [sentence for check in CHECKS for sentence in check(params)]


def _mappers_that_others_read(params: Params) -> Iterator[str]:
    """Other studies read mappers that the retrieval study and the zero-shot study train."""
    trained, spaces = params.retrieval.losses, params.embedding_spaces
    losses_read = {
        "embedding_spaces.nerf2clip": spaces.nerf2clip,
        "embedding_spaces.clip2nerf": spaces.clip2nerf,
        "the original of finetuning": "cosine",
    }
    if missing := [f"{loss} ({reader})" for reader, loss in losses_read.items() if loss not in trained]:
        yield f"retrieval.losses: {list(trained)} given; expected to hold {', '.join(missing)} too"
    zero_shot, views = params.zero_shot, params.scenes.views
    if "cosine" not in zero_shot.losses:
        losses = list(zero_shot.losses)
        yield f"zero_shot.losses: {losses} given; expected to hold cosine (the original of finetuning) too"
    if params.scenes.source == "catalogue" and max(zero_shot.views) < views:
        yield (
            f"zero_shot.views: {list(zero_shot.views)} given; expected to hold scenes.views, {views}"
            " (the original of finetuning), too"
        )


def _synsets(params: Params) -> Iterator[str]:
    """Folders and exports are named by synset, so that of two classes with one only one would be seen."""
    names: dict[str, str] = {}
    for name, entry in params.classes.items():
        if entry.synset in names:
            yield f"classes.{name}.synset: {entry.synset} given; it is the synset of {names[entry.synset]}"
        names[entry.synset] = name


def _views(params: Params) -> Iterator[str]:
    """No object has more views than `scenes.views`."""
    views = params.scenes.views
    numbers = {"nerf.fitting.held_out": params.nerf.fitting.held_out, "generation.views": params.generation.views}
    for key, chosen in numbers.items():
        if beyond := [number for number in chosen if number >= views]:
            yield f"{key}: {beyond} given; expected numbers below scenes.views, {views}"
    if len(set(params.nerf.fitting.held_out)) == views:
        yield f"nerf.fitting.held_out: all {views} views given; expected some to be left for the fit"
    counts = {
        "zero_shot.views": max(params.zero_shot.views),
        "syn2real.views": params.syn2real.views,
        "baselines.depth_views": params.baselines.depth_views,
    }
    for key, count in counts.items():
        if count > views:
            yield f"{key}: {count} given; expected at most scenes.views, {views}"


def _sources(params: Params) -> Iterator[str]:
    """A source of the user's has a folder of the user's, and every class of the catalogue an object per split."""
    for name, section in (("scenes", params.scenes), ("photos", params.photos)):
        if section.source != "catalogue" and section.folder == CATALOGUE:
            yield f"{name}.folder: {CATALOGUE} given; expected the folder of {name}.source {section.source}"
    count = params.scenes.objects_per_class
    if params.scenes.source == "catalogue" and count < SPLITS:
        yield f"scenes.objects_per_class: {count} given; expected at least {SPLITS}, one per split"


def _sizes(params: Params) -> Iterator[str]:
    """What no machine's memory holds."""
    for keys in ARRAYS:
        values: tuple[int, ...] = attrgetter(*keys)(params)
        if prod(values) > MOST_ROWS:
            sizes = " × ".join(f"{value:,}" for value in values)
            yield f"{' × '.join(keys)}: {sizes} given; expected at most {MOST_ROWS:,} in all"


def _ranks(params: Params) -> Iterator[str]:
    """A rank lies within the gallery, whose size is known beforehand where the catalogue makes the objects."""
    scenes, split = params.scenes, params.scenes.split
    if scenes.source == "catalogue":
        blocks = -(-scenes.objects_per_class // (split.train + split.validation + split.test))
        gallery = len(params.classes) * min(scenes.objects_per_class, blocks * split.test)
        if beyond := [rank for rank in params.retrieval.ranks if rank > gallery]:
            yield f"retrieval.ranks: {beyond} given; expected at most the number of test objects, {gallery}"


def _warmup(params: Params) -> Iterator[str]:
    training = params.clip.training
    if training.warmup > training.steps:
        yield f"clip.training.warmup: {training.warmup} given; expected at most clip.training.steps, {training.steps}"


def _grids(params: Params) -> Iterator[str]:
    """A field that was sampled in the visual hull alone is undefined elsewhere."""
    fitting = params.nerf.fitting
    if fitting.grid == "updates" and fitting.sampling == "hull":
        yield "nerf.fitting.grid: updates given; expected hull where nerf.fitting.sampling is hull"
    if fitting.sampling == "grid" and fitting.jitter == "samples":
        yield "nerf.fitting.jitter: samples given; expected rays where nerf.fitting.sampling is grid"


CHECKS: list[Callable[[Params], Iterator[str]]] = [
    _mappers_that_others_read,
    _synsets,
    _views,
    _sources,
    _sizes,
    _ranks,
    _warmup,
    _grids,
]
