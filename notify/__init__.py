"""Subscriptions, alerts and digests will live here; nothing is built yet."""
