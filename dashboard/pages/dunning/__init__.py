"""Pages of the dunning context."""
