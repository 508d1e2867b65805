"""The tables of study `finetuning`: fine-tuning nf2vec with nerf2clip."""

from fieldlink.evaluation.table_type import HITS, PROMPTS, ZERO_SHOT_METRIC, StudyTable

TABLES = (
    StudyTable(
        number="4.11a",
        study="finetuning",
        title="Zero-shot classification after fine-tuning nf2vec",
        question=(
            "nf2vec's encoder and nerf2clip trained end to end: does it name more NeRFs than a mapper on the "
            "encoder as it was? The first row's number of views is chosen on validation objects."
        ),
        metrics=(ZERO_SHOT_METRIC,),
        columns=PROMPTS,
        group="zero-shot",
    ),
    StudyTable(
        number="4.11b",
        study="finetuning",
        title="Retrieval with a synthetic view after fine-tuning nf2vec",
        question=(
            "Galleries of fine-tuned CLIP vectors of NeRFs. The study sets clip2nerf beside them, which searches "
            "the other way round; like for like are the rows nerf2clip."
        ),
        metrics=("recall_synthetic",),
        columns=HITS,
        group="inverse, synthetic",
        query_domain="gt",
    ),
    StudyTable(
        number="4.11c",
        study="finetuning",
        title="Retrieval with a photo after fine-tuning nf2vec",
        question="The same galleries with photos as queries.",
        metrics=("recall_real",),
        columns=HITS,
        group="inverse, real",
        query_domain="photo",
    ),
    StudyTable(
        number="4.12a",
        study="finetuning",
        title="Retrieval with a synthetic view by clip2nerf in fine-tuned spaces",
        question=(
            "Is a fine-tuned encoder's space of NeRF vectors a better target than the original's? clip2nerf is "
            "trained afresh towards each."
        ),
        metrics=("recall_synthetic",),
        columns=HITS,
        group="forward, synthetic",
        query_domain="gt",
    ),
    StudyTable(
        number="4.12b",
        study="finetuning",
        title="Retrieval with a photo by clip2nerf in fine-tuned spaces",
        question="The same mappers with photos as queries.",
        metrics=("recall_real",),
        columns=HITS,
        group="forward, real",
        query_domain="photo",
    ),
)
