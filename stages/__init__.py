"""Connecting neural radiance fields to images and text, as a pipeline of runnable stages."""
