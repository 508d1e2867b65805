"""Put a folder of meshes into a collection of NeRFs that a study can search."""

import sys
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
    """Fit a NeRF to each mesh, embed it and store it. A mesh that can't be used is printed with its reason."""
    import fieldlink

    finished_study = fieldlink.open(study)
    result = finished_study.add(folder, to, workers=finished_study.params.runtime.workers)
    for name, reason in sorted(result.rejected.items())[:MOST_REASONS]:
        print(f"add: {name}: {reason}", file=sys.stderr)
    counts = f"{len(result.ids)} added, {len(result.unchanged)} there already, {len(result.rejected)} set aside"
    print(f"{result.collection}: {counts}, {result.origin.objects} NeRFs in all")
