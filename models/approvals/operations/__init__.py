"""Writes of requests: asking, deciding, letting expire."""
