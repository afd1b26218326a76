"""Stand-ins for vendors: servers of another company's making, as far as our own processes can tell."""
