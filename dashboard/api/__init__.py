"""HTTP: sign-in, documents, health and the JSON API."""
