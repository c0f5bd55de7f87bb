"""Pages, the HTTP API and outgoing feeds will live here; nothing is built yet."""
