"""Interception: how client libraries come to hold our transports, and how that is undone."""
