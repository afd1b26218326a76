"""Version 1 of the JSON API: the operations and lists of the screens, for programs."""
