"""From a CLIP vector to pictures of a new NeRF: clip2nerf, then nf2vec's decoder (protocol 12)."""
