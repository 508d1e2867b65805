"""Translators of views into photo-like pictures (protocol 9): procedural, and Stable Diffusion with a ControlNet."""
