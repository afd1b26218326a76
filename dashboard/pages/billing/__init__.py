"""Pages of the billing context."""
