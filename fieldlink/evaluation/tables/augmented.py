"""The tables of study `augmented`: augmented training sets and batch sizes."""

from fieldlink.evaluation.table_type import HITS, StudyTable

TABLES = (
    StudyTable(
        number="4.9a",
        study="augmented",
        title="Retrieval with a synthetic view, mappers trained on augmented copies too",
        question=(
            "Do two more copies of every training object, in other proportions and colours, help? Rows "
            "“original”: the same trainings without the copies, on as many pairs."
        ),
        metrics=("recall_synthetic",),
        columns=HITS,
        group="augmented, synthetic",
        query_domain="gt",
    ),
    StudyTable(
        number="4.9b",
        study="augmented",
        title="Retrieval with a photo, mappers trained on augmented copies too",
        question="The same mappers with photos as queries.",
        metrics=("recall_real",),
        columns=HITS,
        group="augmented, real",
        query_domain="photo",
    ),
    StudyTable(
        number="4.10a",
        study="augmented",
        title="Retrieval with a synthetic view, by size of the batch",
        question=(
            "Does SigLIP gain from more negatives? As published each batch is trained for as many epochs, so larger "
            "ones take fewer steps; rows “equal-steps” take as many. A batch holds at most one pair an object, so few "
            "objects cap it; each row says the batch really used, and rows of one kind that used the same batch share "
            "one training."
        ),
        metrics=("recall_synthetic",),
        columns=HITS,
        group="batches, synthetic",
        query_domain="gt",
    ),
    StudyTable(
        number="4.10b",
        study="augmented",
        title="Retrieval with a photo, by size of the batch",
        question="The same mappers with photos as queries.",
        metrics=("recall_real",),
        columns=HITS,
        group="batches, real",
        query_domain="photo",
    ),
)
