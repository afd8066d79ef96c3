"""Signing in: flows, challenges, what proves a password, and how often it may be tried."""
