"""Zero-shot, retrieval and intervals: pure functions of arrays."""
