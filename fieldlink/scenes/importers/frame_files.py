"""The pictures that the frames of a camera file name."""

import os
import posixpath
from functools import cached_property
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.scenes import picture_formats
from fieldlink.scenes.importers.mesh_files.companions import absolute, below, folded, plain

USUAL = ("", ".png", ".jpg", ".jpeg", ".webp")  # endings that a name without its own may have, the first there is
ENDINGS = (*USUAL, *sorted(picture_formats.SUFFIXES - set(USUAL)))


class FrameFiles:
    """Finds the files of one scene's folder, and remembers which it found by the ends of their paths."""

    def __init__(self, scene: Path) -> None:
        self.scene = scene
        self.found_by_end: list[str] = []

    def path(self, name: str, where: str) -> Path | None:
        """The file that a frame names; None without one. A link in the folder counts as inside, wherever it leads.

        If none is there (another computer's path, other case), the longest end of the path that is below the scene's
        folder counts. Raises `InputError` beginning with `where` for a path that leads elsewhere.
        """
        whole, root = absolute(self.scene / name.replace("\\", "/").replace("\0", "")), absolute(self.scene)
        inside = whole.is_relative_to(root)
        if inside:
            path = self.scene / whole.relative_to(root)
            named = (path.with_name(path.name + ending) for ending in ENDINGS if path.name)
            if there := next((candidate for candidate in named if os.path.isfile(candidate)), None):  # noqa: PTH113 (any error: none)
                return there
        if by_end := self._by_end(name):
            self.found_by_end.append(f"{where.rpartition(': ')[2]} as {by_end.relative_to(root)}")
            return self.scene / by_end.relative_to(root)
        if not inside:
            raise InputError(f"{where} ('{name}'): outside the scene's folder")
        return None

    def _by_end(self, name: str) -> Path | None:
        parts = [part for part in folded(posixpath.normpath(plain(name))).split("/") if part not in ("", "..", ".")]
        ends = ("/".join(parts[start:]) for start in range(len(parts)))
        candidates = (self._files.get(end + ending) for end in ends for ending in ENDINGS)
        return next((path for path in candidates if path), None)

    @cached_property
    def _files(self) -> dict[str, Path | None]:
        """The files below the folder by their paths in small letters; None where two are alike."""
        files: dict[str, Path | None] = {}
        for path in below(absolute(self.scene)):
            key = folded(path.relative_to(absolute(self.scene)).as_posix())
            files[key] = None if key in files else path
        return files
