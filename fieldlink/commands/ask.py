"""Ask a finished study which NeRFs are nearest to a text, a picture, a mesh or a NeRF."""

import sys
from json import dumps
from pathlib import Path
from typing import Annotated

from typing_extensions import Doc
from tyro.conf import arg

from fieldlink.commands.flag_style import COUNT, FILE
from fieldlink.commands.question import By, CollectionFolder, Question, Seed, StudyFolder, arguments_of, parsed_seed


def ask(
    question: Question,
    /,
    by: By = "",
    seed: Seed = "0",
    k: Annotated[int, COUNT, Doc("NeRFs to be found.")] = 10,
    split: Annotated[tuple[str, ...], arg(metavar="[SPLIT ...]"), Doc("Only objects of these splits.")] = (),
    classes: Annotated[tuple[str, ...], arg(metavar="[CLASS ...]"), Doc("Only objects of these classes.")] = (),
    json: Annotated[bool, Doc("Print the rows as a list in JSON.")] = False,
    html: Annotated[Path | None, FILE, Doc("HTML file to write, with a picture of each object.")] = None,
    study: StudyFolder = Path(),
    collection: CollectionFolder = None,
) -> None:
    """Print the NeRFs nearest to a question, with their cosines and the files that hold them."""
    import fieldlink
    from fieldlink.search import answer_text

    finished_study = fieldlink.open(study, collection)
    answer = finished_study.search(
        **arguments_of(question, finished_study),
        by=by or None,
        seed=parsed_seed(seed),
        k=k,
        split=split or None,
        classes=classes or None,
    )
    if html is not None:
        from fieldlink.report import answer_page

        answer_page.write(html, finished_study, answer)
    if json:
        print(dumps([row.as_dict() for row in answer.rows], indent=2))
        print(*answer_text.origin_lines(answer.origin), sep="\n", file=sys.stderr)
    else:
        print(answer_text.table(answer))
    for note in answer_text.notes(answer):
        print(f"ask: {note}", file=sys.stderr)
