"""Clients of vendors, one package each; they speak our words and know no table."""
