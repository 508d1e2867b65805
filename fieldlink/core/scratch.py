"""The scratch folder, where stages keep unfinished work outside their outputs."""

import os
from pathlib import Path


def scratch_folder(stage: str) -> Path:
    """Folder for the unfinished work of a stage, below .scratch or the environment variable FIELDLINK_SCRATCH."""
    return Path(os.environ.get("FIELDLINK_SCRATCH", ".scratch")) / stage
