"""Pure rules of the channels context."""
