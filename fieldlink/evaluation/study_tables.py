"""The study's tables by their numbers, gathered from the file of each study in `tables`."""

from fieldlink.core.errors import InputError
from fieldlink.evaluation.table_type import LOSSES, TABLES_FOLDER, ZERO_SHOT_METRIC, StudyTable
from fieldlink.evaluation.tables import (
    augmented,
    baselines,
    captions,
    embedding_spaces,
    finetuning,
    generation,
    retrieval,
    syn2real,
    zero_shot,
)
from fieldlink.evaluation.tables.zero_shot import TABLE_OF_TEMPLATE

OWN_TEMPLATE = "4.1 "  # begins the number of a table of a user's own template; its name follows
TABLES: tuple[StudyTable, ...] = (
    *zero_shot.TABLES,
    *retrieval.TABLES,
    *embedding_spaces.TABLES,
    *syn2real.TABLES,
    *augmented.TABLES,
    *finetuning.TABLES,
    *captions.TABLES,
    *generation.TABLES,
    *baselines.TABLES,
)
_BY_NUMBER = {table.number: table for table in TABLES}


def study_table(number: str) -> StudyTable:
    """The table of a number. An unknown number is an error that names this registry."""
    if number in _BY_NUMBER:
        return _BY_NUMBER[number]
    if number.startswith(OWN_TEMPLATE):
        return of_template(number.removeprefix(OWN_TEMPLATE))
    raise InputError(f"no table {number!r}, expected one of {TABLES_FOLDER}: {list(_BY_NUMBER)}")


def of_template(template: str) -> StudyTable:
    """The zero-shot table of a prompt template, which may be one of the user's own."""
    if template in TABLE_OF_TEMPLATE:
        return study_table(TABLE_OF_TEMPLATE[template])
    return StudyTable(
        number=f"{OWN_TEMPLATE}{template}",
        study="zero_shot",
        title=f"Zero-shot classification, template “{template}”",
        question="The same mappers with a prompt of your own.",
        metrics=(ZERO_SHOT_METRIC,),
        columns=LOSSES,
        group=f"nerf2clip, {template}",
    )


def of_study(study: str) -> list[StudyTable]:
    """A study's tables, in their order."""
    return [table for table in TABLES if table.study == study]


def _by_domain(*numbers: str) -> dict[str, StudyTable]:
    """Tables by the domain of their queries."""
    return {table.query_domain or "": table for table in map(study_table, numbers)}


# The tables with the same rows, by the domain of their queries.
RETRIEVAL = _by_domain("4.4a", "4.5a")
RETRIEVAL_BY_CLIP_ALONE = _by_domain("4.4b", "4.5b")
RETRIEVAL_BY_OTHER_MEASURES = _by_domain("4.4 more", "4.5 more")
AUGMENTED = _by_domain("4.9a", "4.9b")
BATCHES = _by_domain("4.10a", "4.10b")
FINETUNED_NERF2CLIP = _by_domain("4.11b", "4.11c")
FINETUNED_CLIP2NERF = _by_domain("4.12a", "4.12b")
TEXT_RETRIEVAL = _by_domain("captions", "prompts")
BASELINES = _by_domain("baselines synthetic", "baselines real")
