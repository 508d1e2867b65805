"""Importers of objects that users bring, one file per source: its listing, its reader and its registry entry."""
