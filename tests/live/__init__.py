"""The program as it runs: web and worker under their supervisor, on a database of their own."""
