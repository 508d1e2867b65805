"""What else could stand in for nf2vec, or for NeRFs: other embeddings of NeRFs, and depth maps for CLIP."""
