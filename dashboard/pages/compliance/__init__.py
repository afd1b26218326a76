"""Pages of the compliance context."""
