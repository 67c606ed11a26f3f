"""Append-only logs of what came from outside: pages of sources, votes of people."""
