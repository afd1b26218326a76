"""States and views without a browser."""
