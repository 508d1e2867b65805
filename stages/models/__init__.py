"""Stages of models."""
