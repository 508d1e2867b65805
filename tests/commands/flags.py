"""The flags of a function's command line, as tyro makes them."""

import argparse
import re
from collections.abc import Callable, Iterator

from tyro.extras import get_parser

REMARKS = re.compile(r"\((required|default: [^)]*|optional|repeatable)\)")


def descriptions(function: Callable) -> dict[str, str]:
    """Description of each flag or positional argument, of subcommands too; tyro's remarks on defaults aside."""
    return dict(_descriptions(get_parser(function)))


def actions(function: Callable) -> list[str]:
    """The words that a command line may begin with; none if it has flags alone."""
    return [name for action in get_parser(function)._actions for name in _subparsers(action)]


def _descriptions(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    for action in parser._actions:
        for subparser in _subparsers(action).values():
            yield from _descriptions(subparser)
        if not _subparsers(action) and action.dest != "help":
            name = action.option_strings[0] if action.option_strings else str(action.metavar)
            text = re.sub(r"\x1b\[[0-9;]*m", "", str(action.help or ""))
            yield name, REMARKS.sub("", text).strip()


def _subparsers(action: argparse.Action) -> dict[str, argparse.ArgumentParser]:
    return action.choices if isinstance(action.choices, dict) else {}
