"""Two rows of the tables are one run only where the study says so: any other twins mean a variant without effect."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from itertools import combinations

from fieldlink.core.errors import InputError
from fieldlink.evaluation.results.saved_results import SavedResults
from fieldlink.evaluation.results.tables import CellKey

BY_COLUMN = "zero_shot"  # metrics whose columns are runs of their own: losses or prompts
OTHER_MEASURES = " more"  # ends the name of a table that measures the rows of another in other ways

# Each line is one run under several names. `*` stands for any text.
ALLOWED = (
    ("4.9a: nerf2clip siglip", "4.10a: nerf2clip siglip batch=*[0-9]"),  # the batch of Table 4.9, whichever it is
    ("4.9b: nerf2clip siglip", "4.10b: nerf2clip siglip batch=*[0-9]"),
    ("4.9a: nerf2clip siglip original", "4.10a: nerf2clip siglip batch=* original"),
    ("4.9b: nerf2clip siglip original", "4.10b: nerf2clip siglip batch=* original"),
    ("4.4a: clip2nerf cosine", "4.11b: clip2nerf cosine (original)", "4.12a: clip2nerf cosine (original)"),
    ("4.5a: clip2nerf cosine", "4.11c: clip2nerf cosine (original)", "4.12b: clip2nerf cosine (original)"),
    ("4.4a: nerf2clip *", "4.11b: nerf2clip *", "4.7: concat weighted synthetic"),  # two losses in one show in 4.4a
    ("4.5a: nerf2clip *", "4.11c: nerf2clip *", "4.7: concat weighted real"),
    ("4.1: nerf2clip *: cosine", "4.11a: nerf2clip cosine (original best views): prompt_3d_model"),
    ("4.2: nerf2clip *: cosine", "4.11a: nerf2clip cosine (original best views): prompt_photo"),
    ("4.1 *: nerf2clip *: cosine", "4.11a: nerf2clip cosine (original best views): *"),  # templates of a user's own
    ("4.7: concat l2 *", "4.7: concat weighted *"),  # weighted ½; the others are weighted 0 or 1
    ("4.7: concat weighted synthetic", "4.4a: clip2nerf *"),
    ("4.7: concat weighted real", "4.5a: clip2nerf *"),
    ("4.7: concat weighted synthetic", "4.1[12]?: clip2nerf cosine (original)"),
    ("4.7: concat weighted real", "4.1[12]?: clip2nerf cosine (original)"),
    *(  # objects with a single view
        (f"{table}: CLIP mean{shifted}", f"{table}: CLIP all{shifted}")
        for table in ("4.[45]b", "captions", "prompts")
        for shifted in ("", " shifted")
    ),
)


def check(answered: Mapping[CellKey, SavedResults], allowed: Iterable[tuple[str, ...]] = ALLOWED) -> None:
    """Raises where two runs that may not be one predicted the same with any seed, and names both."""
    owners: dict[str, set[str]] = {}
    for words, answers in answered.items():
        for each in answers.prints if not words.table.endswith(OTHER_MEASURES) else ():
            owners.setdefault(each, set()).add(run(words))
    for names in owners.values():
        for one, other in combinations(sorted(names), 2):
            if not any(_one_run(one, other, group) for group in allowed):
                raise InputError(
                    f"answers: Table {one} and Table {other} have identical predictions, and the study calls neither a"
                    " repeat of the other: what should tell them apart had no effect"
                )


def run(words: CellKey) -> str:
    """Which run fills a place: a row's ranks and metrics share one."""
    own_column = words.metric.startswith(BY_COLUMN)
    return f"{words.table}: {words.row}" + (f": {words.column}" if own_column else "")


def _one_run(one: str, other: str, names: tuple[str, ...]) -> bool:
    """Two runs are one under two different names of a line."""
    first = {name for name in names if fnmatchcase(one, name)}
    second = {name for name in names if fnmatchcase(other, name)}
    return bool(first) and bool(second) and len(first | second) > 1
