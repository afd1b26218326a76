"""Pages of the operations context."""
