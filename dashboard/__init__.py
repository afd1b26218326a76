"""The screens and the HTTP API."""
