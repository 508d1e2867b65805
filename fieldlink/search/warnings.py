"""What a user should know of an answer: the models of a default study know a small synthetic world."""

from fieldlink.search.answers import Query
from fieldlink.search.models import Models, words_of
from fieldlink.search.real_objects import real_objects

SMALL_WORLD = "these models know a small synthetic world of {classes} classes; on real objects they are often wrong"
SMALL_NERFS = "nf2vec and the mappers learned from a synthetic catalogue; on real objects they are often wrong"


def warning_for(models: Models, query: Query) -> str:
    """The warning of a query that isn't of the collection; '' where there is none to give."""
    if not query.foreign:
        return ""
    if query.kind == "text":
        unknown = [word for word in words_of(query.name) if models.known_words and word not in models.known_words]
        return f"this study's CLIP never saw the words: {', '.join(dict.fromkeys(unknown))}" if unknown else ""
    if models.params.clip.source == "train":
        return SMALL_WORLD.format(classes=len(models.params.classes)) + _measured()
    return SMALL_NERFS if models.params.scenes.source == "catalogue" else ""


def _measured() -> str:
    """What the default study's models made of real meshes."""
    if not (meshes := real_objects().get("meshes")):
        return ""
    weights, views = meshes["class_from_weights"], meshes["class_by_clip_on_four_rendered_views"]
    return (
        f" (of {meshes['objects']} real meshes the default study named {weights:.0f} % right from weights,"
        f" and {views:.0f} % by CLIP on four views)"
    )
