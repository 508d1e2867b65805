"""Classification heads on embeddings."""
