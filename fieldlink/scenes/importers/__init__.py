"""Importers of other people's objects, one file per source."""
