"""Warnings beside answers: the models of a default study know a small synthetic world."""

from collections.abc import Callable, Sequence

from fieldlink.search.answers import Query
from fieldlink.search.collection import Collection
from fieldlink.search.models import Models, words_of
from fieldlink.search.real_objects import real_objects

SMALL_WORLD = "these models know a small synthetic world of {classes} classes; on real objects they are often wrong"
SMALL_NERFS = "nf2vec and the mappers learned from a synthetic catalogue; on real objects they are often wrong"


def warning_for(models: Models, collection: Collection, query: Query) -> str:
    """What is warned of in an answer, or '': a query from outside of the study, and a collection from there.

    All objects of a user's own collection come from meshes of the user.
    """
    words = _new_words(models, query.name) if query.kind == "text" else ""
    accuracies = [_photo_accuracy] if query.kind == "image" else []
    if collection.is_own or (query.foreign and query.kind in ("mesh", "nerf")):
        accuracies.append(_mesh_accuracy)
    return "; ".join(filter(None, (words, _real_objects(models, accuracies))))


def _new_words(models: Models, text: str) -> str:
    """The words of a text that the study's CLIP never saw."""
    words = models.training_words
    new_words = [word for word in words_of(text) if words and word not in words]
    return f"this study's CLIP never saw the words: {', '.join(dict.fromkeys(new_words))}" if new_words else ""


def _real_objects(models: Models, accuracies: Sequence[Callable[[], str]]) -> str:
    """What the models know, with some accuracies on real objects; '' without any."""
    if not accuracies:
        return ""
    if models.is_clip_trained_here:
        return SMALL_WORLD.format(classes=len(models.params.classes)) + "".join(accuracy() for accuracy in accuracies)
    return SMALL_NERFS if models.params.scenes.source == "catalogue" else ""


def _mesh_accuracy() -> str:
    """The accuracy of the default study's models on real meshes."""
    if not (meshes := real_objects().get("meshes")):
        return ""
    weights, views = meshes["class_from_weights"], meshes["class_by_clip_on_four_rendered_views"]
    return (
        f" (of {meshes['objects']} real meshes the default study named {weights:.0f} % right from weights,"
        f" and {views:.0f} % by CLIP on four views)"
    )


def _photo_accuracy() -> str:
    """The accuracy of the default study's models on real photos."""
    if not (photos := real_objects().get("photos")):
        return ""
    class_named, class_found = photos["class_by_clip"], photos["first_nerf_of_its_class"]
    return (
        f" (of {photos['pictures']} real photos the default study's CLIP named {class_named:.0f} % right,"
        f" and {class_found:.0f} % found a NeRF of their class first)"
    )
