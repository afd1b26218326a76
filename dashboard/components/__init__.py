"""Stateless looks, used by every page."""
