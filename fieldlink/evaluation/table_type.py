"""One table of the study, as data: what it asks and measures."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import get_args

from fieldlink.core.errors import InputError
from fieldlink.core.params import Loss
from fieldlink.core.query_domains import QueryDomain
from fieldlink.core.variants import QueryDomainName

TABLES_FOLDER = "fieldlink/evaluation/tables"  # a file per study
LOSSES: tuple[str, ...] = get_args(Loss)
ZERO_SHOT_METRIC = "zero_shot_accuracy"
PROMPTS = ("*",)  # templates, which a user may add to
HITS = ("recall@*",)
WHOLE_LIST = ("mAP", "macro hit@1")
INSTANCE = "instance recall@*"
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
            raise InputError(f"PROTOCOL_SECTIONS of fieldlink/evaluation/table_type.py: no study {self.study!r}")
        return PROTOCOL_SECTIONS[self.study]

    def metric_of(self, domain: QueryDomainName) -> str:
        """The metric of one domain's queries, in a table with a metric for each. Another table is an error."""
        metrics = [metric for metric in self.metrics if metric.endswith(f"_{domain}")]
        if len(metrics) != 1:
            raise ValueError(f"Table {self.number} has no metric of {domain} queries: {self.metrics}")
        return metrics[0]

    def require(self, column: str, metric: str) -> None:
        """Raises `InputError`, which names the table's file, unless the table has such a column and such a metric."""
        has_column = any(fnmatchcase(column, pattern) for pattern in self.columns)
        if not has_column or metric not in self.metrics:
            undeclared = f"metric {metric!r}" if has_column else f"column {column!r}"
            raise InputError(f"Table {self.number} declares no {undeclared}; add it to {TABLES_FOLDER}/{self.study}.py")
