"""A folder of photographs, one subfolder per class; bytes are kept as they came."""

import hashlib
from collections.abc import Collection
from pathlib import Path

from fieldlink.scenes.importers.listing import ListedItem, Listing, class_folders, collected, safe

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"}


def listing(folder: Path, classes: Collection[str]) -> Listing:
    """Every picture file below a class subfolder, as `<class>.<file stem>`; files with equal bytes count once."""
    offers = []
    for class_folder in class_folders(folder, classes):
        for path in sorted(class_folder.rglob("*")):
            if path.is_file() and path.suffix.lower() in SUFFIXES:
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                offers.append(ListedItem(f"{class_folder.name}.{safe(path.stem)}", class_folder.name, path, content))
    return collected(offers).without_duplicates()
