"""The door to open_clip: image and text encoders, prompts, the small model and its training."""
