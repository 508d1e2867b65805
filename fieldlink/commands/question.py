"""A question on a command line: words, or the path of a picture, a mesh or a NeRF's folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typing_extensions import Doc
from tyro.conf import arg

from fieldlink.commands.flag_style import FOLDER
from fieldlink.core.errors import InputError

if TYPE_CHECKING:
    from fieldlink.search.finished_study import Study

StudyFolder = Annotated[Path, FOLDER, Doc("Folder of a finished study, or of its models.")]
CollectionFolder = Annotated[
    Path | None, FOLDER, Doc("Collection to search, which fieldlink add wrote; by default the study's.")
]
By = Annotated[str, arg(metavar="MAPPER"), Doc('Mapper, such as "clip2nerf siglip"; or nf2vec, or "CLIP mean".')]
Seed = Annotated[
    str, arg(metavar="SEED"), Doc("Training seed of the mapper, or mean: the mean cosine over all of them.")
]
Question = Annotated[
    str, arg(metavar="QUESTION"), Doc("A text, an object's id, or the path of a picture, a mesh or a NeRF's folder.")
]


def arguments_of(question: str, study: "Study") -> dict[str, Any]:
    """The question as an argument of `Study.search`. Its kind follows from the file or folder at its path.

    Raises `InputError` for the name of a picture or mesh that isn't there.
    """
    path = Path(question)
    try:
        is_folder = path.is_dir()
        is_file = path.exists() and not is_folder  # or a FIFO or device, which its reader names
    except OSError:  # a text longer than a file's name may be
        is_folder = is_file = False
    if question in study.collection.index or (is_folder and question.strip(".")):
        return {"nerf": question}
    if not is_file and (" " in question or not path.suffix):
        return {"text": question}
    from fieldlink.scenes.importers.mesh_files.reading import NOT_READ, SUFFIXES
    from fieldlink.scenes.picture_formats import SUFFIXES as PICTURES

    suffix, meshes = path.suffix.lower(), {*SUFFIXES, *NOT_READ}
    if is_file:
        return {"mesh" if suffix in meshes else "image": path}
    if suffix in {*meshes, *PICTURES}:
        raise InputError(f"{question}: no such file, expected a picture, a mesh, a NeRF's folder, or a text")
    return {"text": question}


def parsed_seed(text: str) -> Any:
    """`mean`, or a number. Raises `InputError` for another text."""
    if text != "mean" and not text.isdecimal():
        raise InputError(f"--seed {text}: expected a number or mean")
    return text if text == "mean" else int(text)
