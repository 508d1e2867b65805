"""Stages of embedding_spaces."""
