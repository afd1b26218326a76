"""Exports: files, orders and who may see what."""
