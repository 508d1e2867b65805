"""The flags of a function's command line, as tyro makes them."""

import re
from collections.abc import Callable

from tyro.extras import get_parser

REMARKS = re.compile(r"\((required|default: [^)]*|optional|repeatable)\)")


def descriptions(function: Callable) -> dict[str, str]:
    """Description of each flag or positional argument; tyro's remarks on defaults aside."""
    actions = [action for action in get_parser(function)._actions if action.dest != "help"]
    names = [action.option_strings[0] if action.option_strings else str(action.metavar) for action in actions]
    texts = [re.sub(r"\x1b\[[0-9;]*m", "", str(action.help or "")) for action in actions]
    return {name: REMARKS.sub("", text).strip() for name, text in zip(names, texts, strict=True)}
