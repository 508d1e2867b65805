"""Many worlds of one study, each from its own study seed, summed up: one value per world and contrast."""
