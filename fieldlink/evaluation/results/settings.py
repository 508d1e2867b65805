"""Texts of the column `setting` of results: what else should be known of a row.

They stand in saved results and in tables, so they never change. No other module builds or parses them.
"""

_BATCH = "batch "


def batch_setting(batch: int) -> str:
    """The batch really used."""
    return f"{_BATCH}{batch}"


def batch_of_setting(setting: str) -> int:
    """The batch really used, back from a setting."""
    return int(setting.removeprefix(_BATCH))


def translator_setting(translator: str) -> str:
    """The translator whose pictures a mapper was trained on."""
    return f"translator {translator}"


def alpha_setting(alpha: float) -> str:
    """The weight of the NeRFs' space in a joined one."""
    return f"alpha={alpha:g}"


def best_views_setting(views: str) -> str:
    """The number of views, as a variant's text has it, that is right most often on validation objects."""
    return f"{views}, best on validation"
