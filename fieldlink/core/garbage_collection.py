"""Imported for its effect: garbage is collected seldom, as large packages make a million objects that stay."""

import gc

gc.set_threshold(200_000)  # objects made between two collections; 700 otherwise
