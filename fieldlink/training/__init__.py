"""Training many small models side by side: one loop for mappers, heads and fine-tuning."""
