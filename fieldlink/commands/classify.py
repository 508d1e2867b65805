"""Name a picture, a mesh or a NeRF by the nearest of some prompts."""

import sys
from json import dumps
from pathlib import Path
from typing import Annotated

from typing_extensions import Doc
from tyro.conf import arg

from fieldlink.commands.question import CollectionFolder, Seed, StudyFolder, arguments_of, parsed_seed
from fieldlink.core.errors import InputError


def classify(
    question: Annotated[
        str,
        arg(metavar="QUESTION"),
        Doc("An object's id, or the path of a picture, a mesh or a NeRF's folder."),
    ],
    /,
    prompts: Annotated[
        tuple[str, ...], arg(metavar="[PROMPT ...]"), Doc("Texts to choose from; the study's classes by default.")
    ] = (),
    by: Annotated[
        str, arg(metavar="MAPPER"), Doc('Mapper of a NeRF, such as "nerf2clip siglip"; a picture needs none.')
    ] = "",
    seed: Seed = "0",
    json: Annotated[bool, Doc("Print all of it as JSON.")] = False,
    study: StudyFolder = Path(),
    collection: CollectionFolder = None,
) -> None:
    """Print the prompts by falling cosine: from a NeRF's weights, and by CLIP on four rendered views."""
    import fieldlink
    from fieldlink.search import answer_text

    finished_study = fieldlink.open(study, collection)
    query = arguments_of(question, finished_study)
    if "text" in query:
        raise InputError(f"{question!r}: neither a file, a folder nor an object's id, expected one to be named")
    if "image" in query and (by or seed != "0"):
        raise InputError(f"--by and --seed: given for the picture {question}, which CLIP alone names; expected neither")
    answer = finished_study.classify(**query, prompts=prompts or None, by=by or None, seed=parsed_seed(seed))
    if json:
        print(dumps(answer.as_dict(), indent=2))
        return
    print(answer_text.labels(answer))
    for note in answer_text.notes(answer):
        print(f"classify: {note}", file=sys.stderr)
