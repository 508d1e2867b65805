"""Stages of augmented."""
