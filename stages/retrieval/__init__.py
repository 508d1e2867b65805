"""Stages of retrieval."""
