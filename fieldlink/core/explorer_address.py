"""Where the explorer listens by default, so that other pages can link to it."""

PORT = 8765
ADDRESS = f"http://127.0.0.1:{PORT}"
