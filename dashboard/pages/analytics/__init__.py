"""Pages of the analytics context."""
