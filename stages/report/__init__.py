"""Stages of report."""
