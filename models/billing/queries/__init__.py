"""Reads of the billing context."""
