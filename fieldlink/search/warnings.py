"""Warnings beside answers: the models of a default study know a small synthetic world."""

from fieldlink.search.answers import Query
from fieldlink.search.models import Models, words_of
from fieldlink.search.real_objects import real_objects

SMALL_WORLD = "these models know a small synthetic world of {classes} classes; on real objects they are often wrong"
SMALL_NERFS = "nf2vec and the mappers learned from a synthetic catalogue; on real objects they are often wrong"


def warning_for(models: Models, query: Query) -> str:
    """The warning of a query from outside of the collection, or ''."""
    if not query.foreign:
        return ""
    if query.kind == "text":
        words = models.training_words
        new_words = [word for word in words_of(query.name) if words and word not in words]
        return f"this study's CLIP never saw the words: {', '.join(dict.fromkeys(new_words))}" if new_words else ""
    if models.is_clip_trained_here:
        return SMALL_WORLD.format(classes=len(models.params.classes)) + _accuracy()
    return SMALL_NERFS if models.params.scenes.source == "catalogue" else ""


def _accuracy() -> str:
    """The accuracy of the default study's models on real meshes."""
    if not (meshes := real_objects().get("meshes")):
        return ""
    weights, views = meshes["class_from_weights"], meshes["class_by_clip_on_four_rendered_views"]
    return (
        f" (of {meshes['objects']} real meshes the default study named {weights:.0f} % right from weights,"
        f" and {views:.0f} % by CLIP on four views)"
    )
