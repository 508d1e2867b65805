"""The explorer: a finished study answers questions over HTTP, and a page in the browser asks them."""
