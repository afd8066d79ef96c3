"""Tokens and sessions: issued, refreshed, listed, revoked."""
