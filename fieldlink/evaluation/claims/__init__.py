"""The study's conclusions, tested on saved results."""
