"""The tables of study `captions`: retrieval of NeRFs by text."""

from fieldlink.evaluation.table_type import HITS, INSTANCE, WHOLE_LIST, StudyTable

TABLES = (
    StudyTable(
        number="captions",
        study="captions",
        title="Retrieval with a caption",
        question=(
            "Do mappers trained on pictures alone understand words? Each test object's caption, as it is and "
            "shifted by the mean picture vector less the mean text vector (the modality gap). Rows “trained on "
            "captions”: the same mappers, having learnt from the training objects' captions instead."
        ),
        metrics=("text_retrieval",),
        columns=(*HITS, *WHOLE_LIST, INSTANCE),
        group="captions",
        query_domain="caption",
    ),
    StudyTable(
        number="prompts",
        study="captions",
        title="Retrieval with a class prompt",
        question=(
            "The same with “A 3d model of …” and “A photo of …” of every class: does the prompt find a NeRF of it?"
        ),
        metrics=("text_retrieval",),
        columns=(*HITS, *WHOLE_LIST),
        group="prompts",
        query_domain="prompt",
    ),
)
