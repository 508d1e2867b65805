"""The command line of one function: flags from its signature, errors without a traceback, a quick end."""

import atexit
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from fieldlink.commands import signals
from fieldlink.commands.causes import cause


def run_function(
    function: Callable[..., Any],
    *,
    name: str,
    prog: str | None,
    arguments: Sequence[str] | None = None,
    preload: Sequence[str] = (),
) -> None:
    """Call `function` with the values of its command line.

    An error with a `cause` is printed as `name: message` and ends the process with status 1. A signal ends it with 128
    plus its number. `prog`: the command as a person types it. `arguments`: the process's own by default. `preload`:
    modules that worker processes share, imported by the process they are forked from.
    """
    atexit.register(_leave)  # registered first, it runs last
    try:
        _call(function, name, prog, arguments, preload)
    except BaseException:
        atexit.unregister(_leave)
        raise


def _call(
    function: Callable[..., Any],
    name: str,
    prog: str | None,
    arguments: Sequence[str] | None,
    preload: Sequence[str],
) -> None:
    from fieldlink.core import freed_memory, garbage_collection, workers  # noqa: F401
    from fieldlink.core.errors import InputError, printable

    try:
        signals.end_on_signals(name)
        if sys.stdout is None:  # the next file that is opened would take its place
            raise InputError("stdout is closed, expected a terminal, a file or a pipe")
        if preload:
            workers.start_server(preload)
        import tyro

        tyro.cli(function, prog=prog, args=arguments)
    except signals.Stopped as stopped:
        signals.ignore_signals()
        print(signals.stopped_message(name, stopped.number), file=sys.stderr)
        sys.exit(128 + stopped.number)
    except BrokenPipeError:  # nobody reads the output any more
        sys.exit(128 + signal.SIGPIPE)
    except Exception as error:
        if (words := cause(error)) is None:
            raise
        sys.exit("\n".join(map(printable, f"{name}: {words}".split("\n"))))


def _leave() -> None:
    """End the process without taking apart what it imported, which would take up to a second."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):  # it may be closed
            stream.flush()
    os._exit(0)
