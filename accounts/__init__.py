"""People who sign in, and the log of what they and the machine changed."""
