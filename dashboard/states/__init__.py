"""State mixins: lists, details, forms."""
