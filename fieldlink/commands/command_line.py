"""The command line of one function: flags from its signature, errors without a traceback, a quick end."""

import atexit
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from fieldlink.core.errors import InputError


def run_function(
    function: Callable[..., Any],
    *,
    name: str,
    prog: str | None,
    arguments: Sequence[str] | None = None,
    preload: Sequence[str] = (),
) -> None:
    """Call `function` with the values of its command line.

    An `InputError` is printed as `name: message` and ends the process with status 1, an interrupt with status 130.
    `prog`: the command as a person types it. `arguments`: the process's own by default. `preload`: modules that worker
    processes share, imported by the process they are forked from.
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
    from fieldlink.core import garbage_collection, workers  # noqa: F401

    if preload:
        workers.start_server(preload)
    import tyro

    try:
        tyro.cli(function, prog=prog, args=arguments)
    except InputError as error:
        sys.exit(f"{name}: {error}")
    except KeyboardInterrupt:
        print(f"{name}: stopped; run the same command again to go on from here", file=sys.stderr)
        sys.exit(130)


def _leave() -> None:
    """End the process without taking apart what it imported, which would take up to a second."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
