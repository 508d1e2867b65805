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
    """Fit a NeRF to each mesh, embed it and store it.

    A mesh that can't be used, or is drawn without a texture, is printed with its reason.
    """
    import fieldlink
    from fieldlink.core.errors import printable
    from fieldlink.scenes.importers.listing import print_notes, print_other_files
    from fieldlink.search.answer_text import origin_lines

    finished_study = fieldlink.open(study)
    result = finished_study.add(folder, to, workers=finished_study.params.runtime.workers)
    for name, reason in sorted(result.rejected.items())[:MOST_REASONS]:
        print(f"add: {printable(name)}: {printable(reason)}", file=sys.stderr)
    print_notes("add", result.notes)
    print_other_files("add", result.other_files)
    replaced = f"{len(result.replaced)} replaced, " if result.replaced else ""
    there = f"{len(result.unchanged)} there already, {len(result.rejected)} set aside"
    counts = f"{len(result.ids)} added, {replaced}{there}"
    print(f"{printable(result.collection)}: {counts}, {result.origin.objects} NeRFs in all")
    print(*origin_lines(result.origin), sep="\n")
