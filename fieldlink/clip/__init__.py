"""The one import of open_clip: image and text encoders, tokenizers, prompts, the small model and its training."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"  # open_clip reads it when imported: a stage never downloads anything
