"""The scratch folder, where stages keep finished work outside their outputs."""

import os
from pathlib import Path


def scratch_folder(stage: str) -> Path:
    """Where a stage keeps finished work outside its outputs; the environment's FIELDLINK_SCRATCH moves it."""
    return Path(os.environ.get("FIELDLINK_SCRATCH", ".scratch")) / stage
