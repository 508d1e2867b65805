"""Embeddings of NeRFs besides nf2vec's, depth maps for CLIP, and selections of objects, views and vectors."""
