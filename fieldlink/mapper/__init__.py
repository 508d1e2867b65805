"""Mappers between the NeRF and the CLIP space, many of them trained at once."""
