"""Reads of dunning."""
