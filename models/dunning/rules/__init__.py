"""Rules of dunning: pure, no session, no clock."""
