"""Fit small fields to posed views: rays, batches, the optimizer, and the start that all fields share."""
