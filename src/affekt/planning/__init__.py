"""Votes, hours, cost and precision before a cent is spent; recorded votes run under another policy.

Everything here is an exact formula or a replay of what was recorded; nothing is simulated.
"""
