"""The console command `fieldlink`: one subcommand per file of this package, imported only when it runs."""

import argparse
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

PROG = "fieldlink"


class Subcommand(NamedTuple):
    """What the table of subcommands says about one of them."""

    description: str
    preload: tuple[str, ...] = ()  # modules that its workers share


SUBCOMMANDS = {
    "preflight": Subcommand("check data, model weights, memory and disk before a long study, and estimate its hours"),
    "apply-profile": Subcommand("write a profile, such as thesis, into params.yaml"),
    "check": Subcommand("verify outputs and DVC's cache byte by byte, and say how to mend what is damaged"),
    "results": Subcommand("print where the result page is, and the headline numbers of the study"),
    "history": Subcommand("build a page of the metrics of several commits and experiments"),
    "worlds": Subcommand("run a study in many worlds, one per study seed, and judge the claims by all of them"),
    "explore": Subcommand("serve a page that searches and shows the NeRFs of a finished study"),
    "why": Subcommand("print where one number of a table comes from"),
    "ask": Subcommand("print the NeRFs nearest to a text, a picture, a mesh or a NeRF"),
    "classify": Subcommand("name a picture, a mesh or a NeRF by the nearest of some prompts"),
    "add": Subcommand(
        "put NeRFs of a folder of meshes into a collection to be searched", preload=("fieldlink.search.new_nerfs",)
    ),
    "import-nerfs": Subcommand(
        "convert NeRFs that the official nf2vec code fitted", preload=("fieldlink.exchange.nerf_import",)
    ),
    "import-nf2vec": Subcommand("convert a checkpoint of the official nf2vec"),
    "export-nerfs": Subcommand("write fitted NeRFs in the layout of the official nf2vec code"),
    "export-embeddings": Subcommand("write embeddings in the layout that clip-retrieval reads"),
}
COMPLETION = ("--tyro-print-completion", "--tyro-write-completion")


def main() -> None:
    """Run the subcommand that the command line names."""
    arguments = sys.argv[1:]
    if arguments and arguments[0] in SUBCOMMANDS:
        _run(arguments[0], arguments[1:])
    elif arguments and arguments[0] in COMPLETION:
        _complete(arguments)
    else:
        _parser().parse_args(arguments)


def function_of(name: str) -> Callable[..., Any]:
    """The function of a subcommand: module and function have its name, with underscores."""
    module = name.replace("-", "_")
    return getattr(import_module(f"fieldlink.commands.{module}"), module)


def _run(name: str, arguments: list[str]) -> None:
    from fieldlink.commands import signals

    command = f"{PROG} {name}"
    signals.end_at_once(command)
    from fieldlink.commands.command_line import run_function

    preload = SUBCOMMANDS[name].preload
    run_function(function_of(name), name=command, prog=command, arguments=arguments, preload=preload)


def _complete(arguments: list[str]) -> None:
    """Print or write a shell's completion script, which knows every subcommand and flag."""
    from tyro.extras import subcommand_cli_from_dict

    subcommand_cli_from_dict({name: function_of(name) for name in SUBCOMMANDS}, prog=PROG, args=arguments)


def _parser() -> argparse.ArgumentParser:
    """The parser of everything that is not a subcommand: help, version and mistakes."""
    parser = argparse.ArgumentParser(
        prog=PROG,
        description="Connect neural radiance fields to images and text. Stages of a study are run by `dvc repro`.",
        epilog=f"`{PROG} COMMAND --help` lists the flags of a command. "
        f"`{PROG} --tyro-print-completion bash` (zsh, tcsh) prints a completion script for the shell.",
    )
    parser.add_argument("--version", action="version", version=f"{PROG} {_version()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, subcommand in SUBCOMMANDS.items():
        commands.add_parser(name, help=subcommand.description)
    return parser


def _version() -> str:
    try:
        return version(PROG)
    except PackageNotFoundError:  # a checkout that is only on the module search path
        return "(not installed)"


if __name__ == "__main__":
    main()
