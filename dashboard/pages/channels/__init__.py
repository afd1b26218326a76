"""Messages to customers, and the texts they are written with."""
