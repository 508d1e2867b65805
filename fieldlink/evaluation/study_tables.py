"""The study's tables, as data: what each asks and measures. Nothing of this is written elsewhere.

A new table is one entry here, and the stage of its study that fills it.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import get_args

from fieldlink.core.errors import InputError
from fieldlink.core.params import NERF_EMBEDDING_TITLES, Loss
from fieldlink.core.query_domains import QueryDomain
from fieldlink.core.variants import Domain

LOSSES: tuple[str, ...] = get_args(Loss)
PROMPTS = ("*",)  # templates, which a user may add to
HITS = ("recall@*",)
WHOLE_LIST = ("mAP", "macro hit@1")
INSTANCE = "instance recall@*"
OWN_TEMPLATE = "4.1 "  # begins the number of a table asked with a template of the user's own; its name follows
# Sections of docs/protocol.md that describe a study by itself.
PROTOCOL_SECTIONS: dict[str, tuple[str, ...]] = {
    "zero_shot": ("6.1",),
    "retrieval": ("6.2",),
    "embedding_spaces": ("8",),
    "syn2real": ("6.2", "9"),
    "augmented": ("6.2", "7"),
    "finetuning": ("6.2", "10"),
    "captions": ("11",),
    "generation": ("12",),
    "baselines": ("6.1", "6.2"),
}


@dataclass(frozen=True, kw_only=True)
class StudyTable:
    """One table. Its numbers stand in reports/tables/<study>.csv."""

    number: str
    study: str  # folder of its stages
    title: str
    question: str
    metrics: tuple[str, ...]
    columns: tuple[str, ...]  # `*` stands for any text, such as the rank
    group: str  # what the study's metrics call it; tables of one group are one there
    query_domain: QueryDomain | None = None
    other_measures: bool = False  # of rows of other tables

    @property
    def only_metric(self) -> str:
        """The metric of a table that has one. Another table is an error."""
        if len(self.metrics) != 1:
            raise ValueError(f"Table {self.number} has several metrics: {self.metrics}")
        return self.metrics[0]

    @property
    def protocol_sections(self) -> tuple[str, ...]:
        """The sections of docs/protocol.md that describe its study. A study without an entry is an error."""
        if self.study not in PROTOCOL_SECTIONS:
            raise InputError(f"PROTOCOL_SECTIONS of fieldlink/evaluation/study_tables.py: no study {self.study!r}")
        return PROTOCOL_SECTIONS[self.study]

    def metric_of(self, domain: Domain) -> str:
        """The metric of one domain's queries, in a table with a metric for each. Another table is an error."""
        metrics = [metric for metric in self.metrics if metric.endswith(f"_{domain}")]
        if len(metrics) != 1:
            raise ValueError(f"Table {self.number} has no metric of {domain} queries: {self.metrics}")
        return metrics[0]

    def has(self, column: str, metric: str) -> bool:
        """Whether the table has such a column and such a metric."""
        return metric in self.metrics and any(fnmatchcase(column, pattern) for pattern in self.columns)


TABLES = (
    StudyTable(
        number="4.1",
        study="zero_shot",
        title="Zero-shot classification, prompt “A 3d model of …”",
        question=(
            "Can nerf2clip name a NeRF's class from its weights alone, and how many views, rendered or ground "
            "truth, must its training target average?"
        ),
        metrics=("zero_shot_accuracy",),
        columns=LOSSES,
        group="nerf2clip, prompt_3d_model",
    ),
    StudyTable(
        number="4.1 ensemble",
        study="zero_shot",
        title="Zero-shot classification, prompts averaged",
        question=(
            "The same mappers, each class asked with the mean of its prompts' unit vectors: do two wordings beat one?"
        ),
        metrics=("zero_shot_accuracy",),
        columns=LOSSES,
        group="nerf2clip, prompt_ensemble",
    ),
    StudyTable(
        number="4.2",
        study="zero_shot",
        title="Zero-shot classification, prompt “A photo of …”",
        question="The same mappers asked with the other prompt: does the wording matter?",
        metrics=("zero_shot_accuracy",),
        columns=LOSSES,
        group="nerf2clip, prompt_photo",
    ),
    StudyTable(
        number="4.3",
        study="zero_shot",
        title="Zero-shot classification by CLIP on rendered views",
        question=(
            "What does it take to beat the mappers without any: rendering N views of the NeRF and averaging their "
            "CLIP vectors?"
        ),
        metrics=("zero_shot_accuracy",),
        columns=PROMPTS,
        group="rendered views",
    ),
    StudyTable(
        number="4.4a",
        study="retrieval",
        title="Retrieval with a synthetic view",
        question="Given one ground-truth view of another object, is a NeRF of its class among the first k found?",
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
    StudyTable(
        number="fig4.1",
        study="embedding_spaces",
        title="How well each space keeps the classes apart",
        question=(
            "Are classes better clustered after nerf2clip? Silhouettes lie between −100 and 100, purity is the "
            "share of an object's nearest neighbours that have its class, CKA says how alike the two spaces are."
        ),
        metrics=("silhouette", "knn_purity", "linear_cka"),
        columns=("silhouette", "purity@*", "cka"),
        group="spaces",
    ),
    StudyTable(
        number="4.6",
        study="embedding_spaces",
        title="Classification heads on both spaces and their ensemble",
        question=(
            "Which vectors say more of a NeRF's class to a trained classifier, its own or their images in CLIP's "
            "space? Does the sum of both heads' logits say more than either?"
        ),
        metrics=("classification_accuracy",),
        columns=("accuracy",),
        group="heads",
    ),
    StudyTable(
        number="4.7",
        study="embedding_spaces",
        title="Retrieval in both spaces at once",
        question=(
            "Does it help to search NeRF and CLIP vectors end to end: as they are, each of length 1, or weighted "
            "as chosen on validation objects?"
        ),
        metrics=("recall_synthetic", "recall_real"),
        columns=HITS,
        group="joined space",
    ),
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
        question="The same mappers asked with photos.",
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
        question="The same mappers asked with photos.",
        metrics=("recall_real",),
        columns=HITS,
        group="batches, real",
        query_domain="photo",
    ),
    StudyTable(
        number="4.11a",
        study="finetuning",
        title="Zero-shot classification after fine-tuning nf2vec",
        question=(
            "nf2vec's encoder and nerf2clip trained end to end: does it name more NeRFs than a mapper on the "
            "encoder as it was? The first row's number of views is chosen on validation objects."
        ),
        metrics=("zero_shot_accuracy",),
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
        question="The same galleries asked with photos.",
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
        question="The same mappers asked with photos.",
        metrics=("recall_real",),
        columns=HITS,
        group="forward, real",
        query_domain="photo",
    ),
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
    StudyTable(
        number="generation",
        study="generation",
        title="Generation from a view, a caption or a photo",
        question=(
            "Does the NeRF decoded from clip2nerf's output show the class asked for, how near is it, for CLIP, to "
            "what was asked, and do NeRFs of one class differ as much as real ones (1 − CLIP cosine)? For "
            "comparison: the object's own NeRF, its reconstruction by the decoder, and the photo."
        ),
        metrics=("generation",),
        columns=("class", "CLIP cosine with *", "variety in class"),
        group="percent",
    ),
    StudyTable(
        number="baselines neighbours",
        study="baselines",
        title="Nearest neighbours in other spaces of NeRFs",
        question=(
            "Is nf2vec worth its training? Class hits among the test NeRFs in its space and in other vectors of them: "
            + " and ".join(f"{title} ({name})" for name, title in NERF_EMBEDDING_TITLES.items())
            + "."
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
        question="The same mappers asked with photos.",
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
        metrics=("zero_shot_accuracy",),
        columns=PROMPTS,
        group="depth",
    ),
)
_BY_NUMBER = {table.number: table for table in TABLES}


def study_table(number: str) -> StudyTable:
    """The table of a number. An unknown number is an error that names this registry."""
    if number in _BY_NUMBER:
        return _BY_NUMBER[number]
    if number.startswith(OWN_TEMPLATE):
        return of_template(number.removeprefix(OWN_TEMPLATE))
    raise InputError(f"no table {number!r}, expected one of fieldlink/evaluation/study_tables.py: {list(_BY_NUMBER)}")


def of_template(template: str) -> StudyTable:
    """The zero-shot table of a prompt template, which may be one of the user's own."""
    numbers = {"prompt_3d_model": "4.1", "prompt_photo": "4.2", "prompt_ensemble": "4.1 ensemble"}
    if template in numbers:
        return study_table(numbers[template])
    return StudyTable(
        number=f"{OWN_TEMPLATE}{template}",
        study="zero_shot",
        title=f"Zero-shot classification, template “{template}”",
        question="The same mappers asked with a prompt of your own.",
        metrics=("zero_shot_accuracy",),
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
