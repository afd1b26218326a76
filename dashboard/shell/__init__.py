"""What every page shares: frame, navigation, guard, running of operations."""
