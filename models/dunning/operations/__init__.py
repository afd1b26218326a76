"""Writes of dunning."""
