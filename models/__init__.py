"""The business: tables, rules, operations and queries, one package per context."""
