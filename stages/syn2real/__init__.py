"""Stages of syn2real."""
