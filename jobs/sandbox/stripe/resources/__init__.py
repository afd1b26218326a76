"""Stripe's resources, a module each: functions that take the account, the parameters and the ids of the path."""
