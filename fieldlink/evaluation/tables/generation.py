"""The tables of study `generation`: generation of NeRFs from views, captions and photos."""

from fieldlink.evaluation.table_type import StudyTable

TABLES = (
    StudyTable(
        number="generation",
        study="generation",
        title="Generation from a view, a caption or a photo",
        question=(
            "Does the NeRF decoded from clip2nerf's output show the query's class, how near is it, for CLIP, to "
            "the query, and do NeRFs of one class differ as much as real ones (1 − CLIP cosine)? For "
            "comparison: the object's own NeRF, its reconstruction by the decoder, and the photo."
        ),
        metrics=("generation",),
        columns=("class", "CLIP cosine with *", "variety in class"),
        group="percent",
    ),
)
