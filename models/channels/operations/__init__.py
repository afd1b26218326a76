"""Writes of the channels context."""
