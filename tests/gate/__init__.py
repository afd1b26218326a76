"""The gate, over real websockets."""
