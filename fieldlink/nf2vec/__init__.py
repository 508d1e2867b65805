"""nf2vec: from a NeRF's weights to one vector, and back to a radiance field."""
