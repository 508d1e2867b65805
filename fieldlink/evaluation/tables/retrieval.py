"""The tables of study `retrieval`: retrieval of NeRFs by images."""

from fieldlink.evaluation.table_type import HITS, INSTANCE, WHOLE_LIST, StudyTable

TABLES = (
    StudyTable(
        number="4.4a",
        study="retrieval",
        title="Retrieval with a synthetic view",
        question="Given a ground-truth view of an object, its own NeRF left out, is its class among the first k found?",
        metrics=("recall_synthetic",),
        columns=HITS,
        group="synthetic",
        query_domain="gt",
    ),
    StudyTable(
        number="4.4b",
        study="retrieval",
        title="Retrieval with a synthetic view, CLIP alone",
        question=(
            "The same queries against CLIP vectors of pictures, no mapper: their mean per object, or every view "
            "as an item of its own, where k counts views as published or, “distinct”, objects as everywhere else?"
        ),
        metrics=("recall_synthetic",),
        columns=HITS,
        group="synthetic",
        query_domain="gt",
    ),
    StudyTable(
        number="4.5a",
        study="retrieval",
        title="Retrieval with a photo",
        question="Given a photo, which no mapper was trained on, is a NeRF of its class among the first k found?",
        metrics=("recall_real",),
        columns=HITS,
        group="real",
        query_domain="photo",
    ),
    StudyTable(
        number="4.5b",
        study="retrieval",
        title="Retrieval with a photo, CLIP alone",
        question="The same photos against CLIP vectors of pictures, no mapper.",
        metrics=("recall_real",),
        columns=HITS,
        group="real",
        query_domain="photo",
    ),
    StudyTable(
        number="4.4 more",
        study="retrieval",
        title="Retrieval with a synthetic view, other measures",
        question=(
            "Does the order of methods stay when the whole list counts (mAP), when all classes count alike "
            "(macro), or when the query's very object must be found (instance)? For CLIP alone the gallery holds "
            "the query's own view."
        ),
        metrics=("retrieval_synthetic",),
        columns=(*WHOLE_LIST, INSTANCE),
        group="more, synthetic",
        query_domain="gt",
        other_measures=True,
    ),
    StudyTable(
        number="4.5 more",
        study="retrieval",
        title="Retrieval with a photo, other measures",
        question=(
            "Does the order of methods stay when the whole list counts (mAP), or when all classes count alike (macro)?"
        ),
        metrics=("retrieval_real",),
        columns=WHOLE_LIST,
        group="more, real",
        query_domain="photo",
        other_measures=True,
    ),
)
