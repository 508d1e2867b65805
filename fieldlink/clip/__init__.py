"""The door to open_clip: image and text encoders, prompts, the small model and its training."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"  # read when open_clip is imported: a stage never downloads by itself
