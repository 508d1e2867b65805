"""Evaluation: measures (pure functions of arrays), results per query and tables, claims, and worlds."""
