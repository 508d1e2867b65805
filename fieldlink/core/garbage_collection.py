"""Imported for its effect: rarer garbage collection, as imports of large packages make a million lasting objects."""

import gc

gc.set_threshold(200_000)  # new objects between two collections; Python's default is 700
