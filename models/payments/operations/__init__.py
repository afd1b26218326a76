"""Writes of the payments context."""
