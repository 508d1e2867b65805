"""Stages of generation."""
