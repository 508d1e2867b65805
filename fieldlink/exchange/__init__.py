"""Formats of other software: NeRF folders and checkpoints of the official nf2vec, embeddings for clip-retrieval."""
