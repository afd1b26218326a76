"""Rules of requests: what a preview says, what has changed since, who may decide."""
