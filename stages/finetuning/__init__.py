"""Stages of finetuning."""
