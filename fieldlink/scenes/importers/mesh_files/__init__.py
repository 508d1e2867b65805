"""Readers of mesh files, one module a format, and what they share: parts, companion files, textures."""
