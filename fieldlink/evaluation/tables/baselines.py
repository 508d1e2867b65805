"""The tables of study `baselines`: baselines from related work."""

from fieldlink.evaluation.table_type import HITS, PROMPTS, ZERO_SHOT_METRIC, StudyTable

TABLES = (
    StudyTable(
        number="baselines neighbours",
        study="baselines",
        title="Nearest neighbours in other spaces of NeRFs",
        question=(
            "Is nf2vec worth its training? Class hits among the test NeRFs in its space and in other vectors of them."
        ),
        metrics=("recall_nerf",),
        columns=HITS,
        group="neighbours",
    ),
    StudyTable(
        number="baselines synthetic",
        study="baselines",
        title="Retrieval with a synthetic view in other spaces of NeRFs",
        question=(
            "Which vector of a NeRF is easiest to reach from CLIP? The same short training of clip2nerf and "
            "nerf2clip for each space."
        ),
        metrics=("recall_synthetic",),
        columns=HITS,
        group="synthetic",
        query_domain="gt",
    ),
    StudyTable(
        number="baselines real",
        study="baselines",
        title="Retrieval with a photo in other spaces of NeRFs",
        question="The same mappers with photos as queries.",
        metrics=("recall_real",),
        columns=HITS,
        group="real",
        query_domain="photo",
    ),
    StudyTable(
        number="baselines depth",
        study="baselines",
        title="Zero-shot classification from depth maps",
        question="Can shape alone name an object, as in PointCLIP, and does that add to what nerf2clip says?",
        metrics=(ZERO_SHOT_METRIC,),
        columns=PROMPTS,
        group="depth",
    ),
)
