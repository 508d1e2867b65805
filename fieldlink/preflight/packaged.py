"""Paths of parameters that name files of this package: an installed package has them elsewhere than a checkout."""

from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def is_packaged(path: Path) -> bool:
    """Whether a path names a file or folder of this package, relative to the checkout."""
    return path.parts[:1] == (PACKAGE.name,) and PACKAGE.joinpath(*path.parts[1:]).exists()


def packaged(path: Path) -> Path:
    """The path itself; where it doesn't exist here, the installed package's file of that name."""
    return PACKAGE.joinpath(*path.parts[1:]) if is_packaged(path) and not path.exists() else path
