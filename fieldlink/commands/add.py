"""Put a folder of meshes into a collection of NeRFs that a study can search."""

import sys
from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands.question import StudyFolder

MOST_REASONS = 20  # printed


def add(
    folder: Annotated[Path, Doc("Folder of meshes, which need no classes.")],
    /,
    to: Annotated[
        Path | None, Doc("Collection to write or add to; the study's datasets/collection by default.")
    ] = None,
    study: StudyFolder = Path(),
) -> None:
    """Fit a NeRF to each mesh, embed it and store it; what can't be used is printed with its reason."""
    import fieldlink

    opened = fieldlink.open(study)
    added = opened.add(folder, to, workers=opened.params.runtime.workers)
    for name, reason in sorted(added.rejected.items())[:MOST_REASONS]:
        print(f"add: {name}: {reason}", file=sys.stderr)
    counts = f"{len(added.ids)} added, {len(added.unchanged)} there already, {len(added.rejected)} set aside"
    print(f"{added.collection}: {counts}, {added.origin.objects} NeRFs in all")
