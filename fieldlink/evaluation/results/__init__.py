"""Results: values per query for every cell, and the tables computed from them."""
