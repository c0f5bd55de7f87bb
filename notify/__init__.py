"""Subscriptions, what meets them, alerts, the daily digest, and the ledger of everything sent."""
