"""Reads of the analytics context; all amounts in minor units, never added up across currencies."""
