"""Other people's formats: NeRF folders and nf2vec checkpoints of the official code, embeddings as clip-retrieval's."""
