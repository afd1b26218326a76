"""What every context stands on; holds no business rules."""
