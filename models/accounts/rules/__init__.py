"""Pure rules of the accounts context."""
