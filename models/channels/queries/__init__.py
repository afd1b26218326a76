"""Reads of the channels context."""
