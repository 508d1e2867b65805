"""Results: what every query of every table was answered, and the tables made of it."""
