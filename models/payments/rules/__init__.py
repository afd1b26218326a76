"""Pure rules of the payments context."""
