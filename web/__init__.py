"""Pages and outgoing feeds. Wires the rooms to HTTP and holds no logic of its own."""
