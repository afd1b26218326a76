"""Background work: the queue, the relay, the schedule and the command line."""
