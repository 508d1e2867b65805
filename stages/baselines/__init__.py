"""Stages of baselines."""
