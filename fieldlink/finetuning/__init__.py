"""nf2vec's encoder and nerf2clip trained end to end."""
