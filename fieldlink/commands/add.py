"""Put a folder of meshes into a collection of NeRFs that a study can search."""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands.flag_style import FOLDER
from fieldlink.commands.question import StudyFolder

MOST_REASONS = 20  # printed


def add(
    folder: Annotated[Path, FOLDER, Doc("Folder of meshes, which need no classes.")],
    /,
    to: Annotated[
        Path | None, FOLDER, Doc("Collection to write or add to; the study's datasets/collection by default.")
    ] = None,
    study: StudyFolder = Path(),
) -> None:
    """Fit a NeRF to each mesh, embed it and store it.

    A mesh that can't be used, or is drawn without a texture, is printed with its reason.
    """
    import fieldlink
    from fieldlink.scenes.importers.listing import counted

    finished_study = fieldlink.open(study)
    result = finished_study.add(folder, to, workers=finished_study.params.runtime.workers)
    for name, reason in sorted(result.rejected.items())[:MOST_REASONS]:
        print(f"add: {name}: {reason}", file=sys.stderr)
    for name, note in sorted(result.notes.items())[:MOST_REASONS]:
        print(f"add: {name}: {note}", file=sys.stderr)
    if len(result.notes) > MOST_REASONS:
        print(f"add: notes on {len(result.notes)} objects, the first {MOST_REASONS} shown", file=sys.stderr)
    if result.other_files:
        print(f"add: files of other kinds left out: {counted(Counter(result.other_files))}", file=sys.stderr)
    replaced = f"{len(result.replaced)} replaced, " if result.replaced else ""
    there = f"{len(result.unchanged)} there already, {len(result.rejected)} set aside"
    counts = f"{len(result.ids)} added, {replaced}{there}"
    print(f"{result.collection}: {counts}, {result.origin.objects} NeRFs in all")
