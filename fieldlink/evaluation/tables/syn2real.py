"""The tables of study `syn2real`: from synthetic to real pictures."""

from fieldlink.evaluation.table_type import HITS, StudyTable

TABLES = (
    StudyTable(
        number="4.8",
        study="syn2real",
        title="Retrieval with a photo, mappers trained on photo-like pictures too",
        question=(
            "Half of the training pictures are views translated into photo-like ones: do photos then find more, "
            "and more than with as few ground-truth views alone?"
        ),
        metrics=("recall_real",),
        columns=HITS,
        group="real",
        query_domain="photo",
    ),
)
