"""Pages of approvals: the inbox, one request, and the limits."""
