"""Stages of zero_shot."""
