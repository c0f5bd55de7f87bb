"""Mail: what a message says, how it is made, and how it reaches a server."""
