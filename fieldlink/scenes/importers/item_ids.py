"""Ids of a user's files: readable where the file's name allows it, and never the same for two files."""

import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from fieldlink.core.digests import digest_of

SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
COPY = re.compile(r"\.a\d+\Z")  # ends the id of an augmented copy
ID_WORDS = "1 to 128 letters, digits, . _ -, the first a letter or digit, the end not as .a1"
LONGEST = 100  # characters of a name before its digest


def unique_ids(names: Mapping[Path, str], folder: Path) -> dict[Path, str]:
    """An id for each file or folder below `folder`, from the name that it would like.

    A name that several want, or that can't be an id, gets a digest of the path relative to `folder`. The id of a file
    thus depends on other files only where their names are equal.
    """
    wishes = Counter(names.values())
    return {
        path: name if is_id(name) and wishes[name] == 1 else with_digest(name, path.relative_to(folder))
        for path, name in names.items()
    }


def is_id(name: str) -> bool:
    """Whether a name can be an object's id as it is."""
    return bool(SAFE.fullmatch(name)) and not COPY.search(name)


def safe_id(name: str) -> str:
    """The name of an object that has no other, as an id."""
    return name if is_id(name) else with_digest(name, Path())


def with_digest(name: str, relative: Path) -> str:
    """An id of a name that can't be one, or isn't alone: its plain characters, and a digest of name and path."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)[:LONGEST].lstrip("._-")
    digest = digest_of(os.fsencode(name), os.fsencode(relative.as_posix()))[:12]
    return f"{plain}-{digest}" if plain else digest
