"""Writes of the accounts context."""
