"""Getting bytes politely: what is due, whose it is, fetching it, and what its answers say of its health."""
