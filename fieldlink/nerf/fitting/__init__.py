"""Fit small fields to posed views: rays, batches, the optimiser, and the start that all fields share."""
