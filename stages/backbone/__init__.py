"""Stages of backbone."""
