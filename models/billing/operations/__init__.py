"""Writes of the billing context."""
