"""Photo-like pictures of catalogue objects, and folders of real photos."""
