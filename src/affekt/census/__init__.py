"""Counts of what was found and of what became of it; reads products and makes nothing but numbers.

Every number is exact and can be added up: for each source, emotion and step, kept and dropped
pictures are those that came in.
"""
