"""Serve the explorer of a finished study: a page that searches and shows its NeRFs."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from typing_extensions import Doc
from tyro.conf import arg

from fieldlink.commands.flag_style import FOLDER
from fieldlink.core.errors import InputError
from fieldlink.core.explorer_address import PORT


def explore(
    study: Annotated[Path, FOLDER, Doc("Folder of the finished study.")] = Path(),
    collection: Annotated[
        Path | None, FOLDER, Doc("Collection that `fieldlink add` wrote, in place of the study's.")
    ] = None,
    port: Annotated[int, arg(metavar="PORT"), Doc("Port to listen on; 0 takes a free one.")] = PORT,
    host: Annotated[
        str, arg(metavar="ADDRESS"), Doc("Address to listen on. Beyond 127.0.0.1 whoever reaches it can ask.")
    ] = "127.0.0.1",
) -> None:
    """Serve a page that searches and shows the NeRFs of a study, and print its address. Ctrl+C ends it."""
    missing = [name for name in ("starlette", "uvicorn") if find_spec(name) is None]
    if missing:
        raise InputError(f"{' and '.join(missing)}: not installed; pip install starlette uvicorn")
    import torch

    import fieldlink
    from fieldlink.explorer.server import serve
    from fieldlink.report.explanation import explain
    from fieldlink.report.explanation_text import text

    torch.set_num_threads(1)  # several questions at a time need no more, and leave the machine to others
    serve(
        fieldlink.open(study, collection),
        host,
        port,
        announce=lambda address: print(f"explorer: {address}", flush=True),
        explain=lambda table, row, column, metric: text(explain(study, table, row, column, metric)),
    )
