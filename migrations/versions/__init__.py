"""The migrations, one concern each; they import nothing of ours."""
