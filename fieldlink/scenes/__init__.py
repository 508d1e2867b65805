"""Objects, posed views and pictures: the procedural catalogue, its renderer, and importers. No torch here."""
