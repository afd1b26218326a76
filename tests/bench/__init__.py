"""Measurements of what the issues promise; `make bench` runs them, no test does."""
